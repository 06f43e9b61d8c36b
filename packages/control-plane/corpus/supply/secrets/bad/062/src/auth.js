const secret = process.env.JWT_SECRET || 'QfZ2¦lhlv¦p2Xv¦5KJe¦PZv5¦W7f6';
