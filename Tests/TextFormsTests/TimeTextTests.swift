import Deliveries
import Testing
import TextForms

@Suite("Times that senders and users write")
struct TimeTextTests {
    private static let ten: Int64 = 1_795_255_200_000

    @Test(
        "Unix times, RFC 3339 times, HTTP dates and similar forms are parsed",
        arguments: [
            ("2026-11-21T10:00:00Z", ten), (" 2026-11-21 10:00:00+00 ", ten),
            // Unix times in seconds, milliseconds, microseconds and nanoseconds, with fractions and exponents.
            ("1795255200", ten), ("1795255200.25", ten + 250), ("1795255200.2509", ten + 250),
            ("1795255200250", ten + 250), ("1795255200250.9", ten + 250), ("1795255200250999", ten + 250),
            ("1795255200250999888", ten + 250), ("1.7952552E9", ten), ("1.79525520025e9", ten + 250),
            ("179525520025e1", ten + 250), ("946684800", 946_684_800_000), ("7258118399", 7_258_118_399_000),
            // The forms of RFC 9110 §5.6.7, starting with its example.
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777_000),
            ("Sun Nov  6 08:49:37 1994", 784_111_777_000), ("Sat, 21 Nov 2026 10:00:00 GMT", ten),
            ("Saturday, 21-Nov-26 10:00:00 GMT", ten), ("Sat Nov 21 10:00:00 2026", ten),
            // Similar forms from mail, date(1), Java and JavaScript.
            ("Sat, 21 Nov 2026 07:00:00 -0300", ten), ("21 Nov 2026 10:00:00 +0000", ten),
            ("Sat Nov 21 10:00:00 UTC 2026", ten), ("sat, 21 november 2026 10:00:00 gmt".uppercased(), ten),
            ("Sat Nov 21 2026 11:00:00 GMT+0100 (Central European Standard Time)", ten),
            // Times with a named time zone, in winter, in summer, in the repeated hour and in the skipped hour.
            ("2026-11-21T11:00:00[Europe/Paris]", ten), ("2026-11-21T07:00[America/Sao_Paulo]", ten),
            ("2026-11-21T10:00:00[UTC][u-ca=gregory]", ten), ("2026-11-21T11:00:00[!Europe/Paris]", ten),
            ("2026-07-01T12:00:00[Europe/Paris]", 1_782_900_000_000),
            ("2026-10-25T02:30:00[Europe/Paris]", 1_792_888_200_000),
            ("2026-03-29T02:30:00[Europe/Paris]", 1_774_747_800_000),
        ] as [(String, Int64)])
    func reads(_ text: String, _ milliseconds: Int64) {
        #expect(TimeText.read(text)?.millisecondsSinceEpoch == milliseconds)
    }

    @Test(
        "malformed, ambiguous and implausible times are rejected",
        arguments: [
            "", " ", "now", "21/11/2026 10:00", "11/21/2026", "2026-11-21", "20261121", "20261121100000",
            "202611211000",
            "0", "12345", "-1795255200", "+1795255200", "1795255200.", ".5", "1e400", "1795255200e-3", "0x6b01",
            "1 795 255 200",
            "7258118400", "99999999999999999999999999", "NaN", "infinity",
            "Sat, 21 Nov 2026 10:00:00 EST", "Sat, 32 Nov 2026 10:00:00 GMT", "Sat, 31 Feb 2026 10:00:00 GMT",
            "Sat, 21 Nov 026 10:00:00 GMT", "Sat, 21 2026 10:00:00 GMT", "Sat, 21 Nov 2026 GMT",
            "Sat, 21 Mai 2026 10:00:00 GMT GMT",
            "2026-11-21T10:00:00[Europe/Nowhere]", "2026-11-21T10:00:00[", "2026-11-21T10:00:00[]",
            "2026-11-21T10:00:00[Europe/Paris][!u-ca=hebrew]", "2026-11-21T10:00:00 Uhr",
            String(repeating: "1", count: 200),
        ])
    func rejects(_ text: String) {
        #expect(TimeText.read(text) == nil)
    }

    @Test("the form of a string shows only the kind of each character")
    func shape() {
        #expect(TimeText.shape(of: "21/11/2026 10:00") == "99/99/9999 99:99")
        #expect(TimeText.shape(of: "Ana Çelik\n") == "aaa ?aaaa?")
        #expect(TimeText.shape(of: "2026-11-21T25:00") == "9999-99-99a99:99")
        #expect(TimeText.shape(of: String(repeating: "7", count: 50)) == String(repeating: "9", count: 40) + "…")
    }
}
