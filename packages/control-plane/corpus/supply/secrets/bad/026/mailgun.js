const mg = mailgun({ apiKey: 'key-¦3dd1¦6bc5¦fbc4¦cbd3¦8cfb¦e2c8¦4753¦145e' });
