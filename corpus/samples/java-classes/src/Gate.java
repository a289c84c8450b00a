/** A gate by name and lift. */
record Gate(String name, double lift) {
    static Gate of(String line) {
        String[] parts = line.split(" ");
        return new Gate(parts[0], Double.parseDouble(parts[1]));
    }
}
