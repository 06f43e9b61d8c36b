TOKEN = 'ghp_tMr¦AjRTtQo¦AMl7L3T¦HwzvgEd¦vnynjnI¦XJQas'
