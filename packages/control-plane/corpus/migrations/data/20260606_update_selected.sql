UPDATE settings SET value = '8' WHERE key = 'tax_rate' AND value = '10';
