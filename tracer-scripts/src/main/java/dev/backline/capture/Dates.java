package dev.backline.capture;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the date that stands last in a text, in the notations of ctime(3), strftime(3) in English and Chinese, ts(1), ISO 8601
 * and as seconds since 1970. Quantifiers are bounded: no text makes this slow.
 */
final class Dates {
    /** No text in front of an event's own words is longer. */
    private static final int REACH = 300;

    /** The names of months, whose places are their numbers. */
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

    private static final String CLOCK = "(\\d{1,2}):(\\d\\d):(\\d\\d)(?:[.,](\\d{1,9}))?";

    /** ctime: {@code Tue Jun 15 11:23:04 2021}, and date(1): {@code Tue Jun 15 11:23:04 CST 2021}. */
    private static final Pattern CTIME = Pattern.compile(
            "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) " + "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\\d{1,2}) "
                    + CLOCK + "(?: [A-Z]{2,5})? (\\d{4})");

    /** {@code Tue 15 Jun 2021 11:23:04 AM CST}, {@code 15/Jun/2021:11:23:04}. */
    private static final Pattern DAY_FIRST =
            Pattern.compile("(\\d{1,2})[ /-](Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ /-](\\d{4})[ :]{1,2}"
                    + CLOCK + "(?: ?([AP]M))?");

    /** Chinese ctime: {@code 二 6月 15 11:23:04 2021}. */
    private static final Pattern CHINESE = Pattern.compile(
            "(?:周|星期)?[一二三四五六日] {0,2}(\\d{1,2})月 {0,2}(\\d{1,2}) " + CLOCK + "(?: [A-Z]{2,5})? (\\d{4})");

    /** {@code 2021年06月15日 星期二 11时23分04秒}, {@code 2021年 06月 15日 星期二 11:23:04 CST}. */
    private static final Pattern CHINESE_LONG =
            Pattern.compile("(\\d{4})年 {0,2}(\\d{1,2})月 {0,2}(\\d{1,2})日 {0,2}(?:\\(?(?:周|星期)[一二三四五六日]\\)?)? {0,2}"
                    + "(?:上午|下午)? ?(\\d{1,2})[:时](\\d\\d)[:分](\\d\\d)秒?");

    /** ISO 8601, also with blanks and slashes. */
    private static final Pattern ISO = Pattern.compile("(?<!\\d)(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})[T _]{1,2}"
            + CLOCK + "(?:(Z)| ?([+-]\\d\\d):?(\\d\\d)(?!\\d))?");

    /** Seconds, milliseconds, microseconds or nanoseconds since 1970, from 2001 on. */
    private static final Pattern EPOCH =
            Pattern.compile("(?<![\\w.:])(1\\d{9})(?:\\.(\\d{1,9})|(\\d{3}|\\d{6}|\\d{9}))?(?![\\w.:])");

    /** Dates without a year, or without a certain order of day and month, and times of day: these say no instant. */
    private static final List<Pattern> OTHERS = List.of(
            Pattern.compile("(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\\d{1,2} " + CLOCK),
            Pattern.compile("(?<!\\d)\\d{1,2}([-/.])\\d{1,2}\\1\\d{4},? " + CLOCK),
            Pattern.compile("(?<![\\d:])" + CLOCK + "(?: ?[AP]M)?(?![\\d:])"));

    /**
     * A date.
     *
     * @param end where it ends in the text
     * @param time null where the text has no year or no certain month; without a zone it is UTC
     */
    record Found(int end, @Nullable Instant time) {}

    private Dates() {}

    /** The date that ends last in a text; null when there is none. */
    static @Nullable Found last(String text) {
        if (text.length() < 8) {
            return null;
        }
        String near = text.length() <= REACH ? text : text.substring(text.length() - REACH);
        Found found = null;
        for (int form = 0; form < 6 + OTHERS.size(); form++) {
            Found other = last(near, form);
            if (other != null
                    && (found == null || other.end > found.end || (other.end == found.end && found.time == null))) {
                found = other;
            }
        }
        return found == null ? null : new Found(found.end + text.length() - near.length(), found.time);
    }

    private static @Nullable Found last(String text, int form) {
        Pattern pattern = switch (form) {
            case 0 -> CTIME;
            case 1 -> DAY_FIRST;
            case 2 -> CHINESE;
            case 3 -> CHINESE_LONG;
            case 4 -> ISO;
            case 5 -> EPOCH;
            default -> OTHERS.get(form - 6);
        };
        Matcher date = pattern.matcher(text);
        Found found = null;
        while (date.find()) {
            found = new Found(date.end(), form < 6 ? time(date, form) : null);
        }
        return found;
    }

    private static @Nullable Instant time(Matcher date, int form) {
        try {
            return switch (form) {
                case 0 -> at(date.group(7), month(date.group(1)), date.group(2), date, 3);
                case 1 -> {
                    Instant time = at(date.group(3), month(date.group(2)), date.group(1), date, 4);
                    int hour = Integer.parseInt(date.group(4));
                    yield "PM".equals(date.group(8)) && hour < 12
                            ? time.plusSeconds(12 * 3600)
                            : "AM".equals(date.group(8)) && hour == 12 ? time.minusSeconds(12 * 3600) : time;
                }
                case 2 -> at(date.group(7), date.group(1), date.group(2), date, 3);
                case 3 -> {
                    LocalDateTime time = LocalDateTime.of(
                            Integer.parseInt(date.group(1)),
                            Integer.parseInt(date.group(2)),
                            Integer.parseInt(date.group(3)),
                            Integer.parseInt(date.group(4)),
                            Integer.parseInt(date.group(5)),
                            Integer.parseInt(date.group(6)));
                    boolean afternoon = date.group().contains("下午") && time.getHour() < 12;
                    yield time.plusHours(afternoon ? 12 : 0).toInstant(ZoneOffset.UTC);
                }
                case 4 -> {
                    Instant time = at(date.group(1), date.group(3), date.group(4), date, 5);
                    String hours = date.group(10);
                    yield hours == null
                            ? time
                            : OffsetDateTime.ofInstant(time, ZoneOffset.UTC)
                                    .withOffsetSameLocal(ZoneOffset.of(hours + ":" + date.group(11)))
                                    .toInstant();
                }
                default -> epoch(date);
            };
        } catch (DateTimeException | NumberFormatException e) {
            return null;
        }
    }

    private static Instant epoch(Matcher date) {
        String fraction = date.group(2) == null ? date.group(3) : date.group(2);
        return Instant.ofEpochSecond(Long.parseLong(date.group(1)), nanos(fraction));
    }

    private static long nanos(@Nullable String fraction) {
        return fraction == null ? 0 : Long.parseLong((fraction + "00000000").substring(0, 9));
    }

    private static String month(String name) {
        return Integer.toString(MONTHS.indexOf(name) / 3 + 1);
    }

    /** @param clock the group of the hour */
    private static Instant at(String year, String month, String day, Matcher date, int clock) {
        return LocalDateTime.of(
                        Integer.parseInt(year),
                        Integer.parseInt(month),
                        Integer.parseInt(day),
                        Integer.parseInt(date.group(clock)),
                        Integer.parseInt(date.group(clock + 1)),
                        Integer.parseInt(date.group(clock + 2)))
                .toInstant(ZoneOffset.UTC)
                .plusNanos(nanos(date.group(clock + 3)));
    }
}
