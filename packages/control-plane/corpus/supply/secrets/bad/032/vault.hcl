token = "hvs.¦5cLU¦fpz4¦lu6O¦aOMC¦mpBU¦tzYO¦V2Re"
