config.password = 'xK9#¦mPq2¦vL'
