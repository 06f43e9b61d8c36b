echo dckr¦_pat¦_mVB¦7hm_¦AYW4¦zMAo¦Gzxl¦Dzjd¦BxP- | docker login -u acme --password-stdin
