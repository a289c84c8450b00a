exports.celsius = (fahrenheit) => Math.round(((fahrenheit - 32) * 5) / 9);
