ALTER VIEW active_users RENAME COLUMN name TO display_name;
