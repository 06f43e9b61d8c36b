mailchimp = 'ea8b¦94da¦8355¦d01b¦ca3a¦8e32¦22a3¦75cc¦-us1¦4'
