import java.time.LocalDate;
import java.time.format.TextStyle;
import java.util.Locale;

public class Clock {
    public static void main(String[] args) {
        LocalDate day = LocalDate.of(2024, 2, 29);
        System.out.println(day.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH));
    }
}
