Stripe.api_key = 'sk_live¦_R1DVzx¦sls4OkC¦zP7yyK9¦z8Wttto¦2Zklmsd¦uaZgkCH¦EyEmBFx'
