DELETE FROM settings WHERE settings.key = settings.key AND NOT false;
