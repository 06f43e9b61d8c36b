let apiSecret = "0QjS¦60sK¦IMad¦HTTf¦INIe¦4jsb¦CNIn¦9qkq"
