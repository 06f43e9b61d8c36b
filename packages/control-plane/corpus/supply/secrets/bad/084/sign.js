const t = jwt.sign({ sub }, 'n0tS¦0Lon¦g9Ke¦y');
