const { celsius } = require("units");
console.log(`outside: ${celsius(50)} degrees`);
