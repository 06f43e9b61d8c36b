export const KEY =
  "-----BEGIN RSA PRI¦VATE KEY-----\n" +
  "P23uK96¦IT5HJo4¦FguJzVX¦ZjiojM9¦qYAlO8W¦U1lSDDh¦YPPwSfK¦OxQFAb1¦nCLWSUj¦J\n" +
  "oiiLaQO¦lzJiMTl¦07eRauI¦BEyAk8A¦TM5bFwt¦EiUJ6MH¦iCnOLkc¦seK8GwG¦IKdR6Jz¦f\n";
