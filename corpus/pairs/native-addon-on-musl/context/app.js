let how = "native";
try {
  require("./hash.node").seed();
} catch {
  how = "plain JavaScript, slowly";
}
console.log(`hashing: ${how}`);
