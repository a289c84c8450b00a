import java.io.IOException;

public class Pages {
    public static void main(String[] args) throws InterruptedException {
        System.out.println(compiles() ? "pages: compiled" : "pages: interpreted");
    }

    private static boolean compiles() throws InterruptedException {
        try {
            return new ProcessBuilder("javac", "-version").start().waitFor() == 0;
        } catch (IOException absent) {
            return false;
        }
    }
}
