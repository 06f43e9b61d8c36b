export const JWT_SECRET = "b5Kw¦9ksn¦EZpi¦Se2W¦e3Xv¦Mudg¦qza8¦O3gO";
