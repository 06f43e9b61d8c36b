ALTER ROLE report_reader RENAME TO analytics_reader;
