SECRET_KEY = 'p&w3¦!aV7¦#zk@9m¦^Xq*¦2t-L5u%¦8sR=¦dG+4¦jN'
