const passwordHash = "$2b$12$35wZWjaUqea7i5nIccB2ed07hkPp2hqcItlSCNlZ0nP4yNINwUGod";
const tokenSha256 = "4443d12ca2b07b5dee28e342195ffe5592afd4075d292657f31e1c2052692cdb";
const commit = "4805cfd73b3fc411db081ef8444574d2d1830e32";
