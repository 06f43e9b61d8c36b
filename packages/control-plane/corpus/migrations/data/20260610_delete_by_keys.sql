DELETE FROM settings WHERE key IN ('maintenance', 'obsolete_flag');
