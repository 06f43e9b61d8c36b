CREATE TABLE `coupons` (
  `id` int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `code` varchar(32)
) ENGINE=InnoDB;
