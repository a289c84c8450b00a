import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says how high the gates of a lock lift together. */
public final class Lock {
    private Lock() {}

    public static void main(String[] arguments) throws IOException {
        double lift = 0;
        for (String line : Files.readAllLines(Path.of("gates.txt"))) {
            lift += Gate.of(line).lift();
        }
        System.out.printf(java.util.Locale.ROOT, "lift: %.1f m%n", lift);
    }
}
