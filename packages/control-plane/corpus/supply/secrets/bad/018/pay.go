stripe.Key = "rk_l¦ive_¦YupV¦zlxC¦GROA¦k9JW¦SKiU¦WK7T¦wsnQ¦I0"
