<<<<<<< HEAD
module.exports = 1;
=======
module.exports = 2;
>>>>>>> other
