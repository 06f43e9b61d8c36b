const key = "sk-proj¦-Mwe7ZJ¦8fLsc8Z¦En1pAfd¦956cYEK¦Ksfwgvr¦mYGnI2u¦T6gG_On";
