const map = new Map({ key: 'AIza¦b5uV¦OAD_¦-Q5q¦mEGd¦5VFx¦3R1h¦dy0H¦wOKt¦PxT' });
