import HTTPListener
import Testing

@testable import CallboxConfiguration

@Suite("Durations and sizes as users write them")
struct QuantityTests {
    @Test(
        "a duration is a number and a unit",
        arguments: [
            ("0s", Duration.zero), ("500ms", .milliseconds(500)), ("90s", .seconds(90)), ("5m", .seconds(300)),
            ("24h", .seconds(86_400)), ("7d", .seconds(604_800)), ("007d", .seconds(604_800)), ("5 m", .seconds(300)),
            ("36600d", .seconds(36_600 * 86_400)), ("3162240000s", .seconds(3_162_240_000)),
        ])
    func duration(text: String, expected: Duration) {
        #expect(Quantity.duration(text) == expected)
    }

    @Test(
        "a malformed duration, or one longer than a century, is rejected",
        arguments: [
            "", " ", "s", "90", "90 ", " 90s", "-1s", "+1s", "1.5h", "1,5h", "1e3s", "0x10s", "5min", "5M", "5S", "1w",
            "1y",
            "5m30s", "٣d", "５m", "5m\n", "5\u{301}m", "36601d", "3162240001s", "3162240000001ms", "999999999999999d",
            "9223372036854775807d", "99999999999999999999s",
        ])
    func noDuration(text: String) {
        #expect(Quantity.duration(text) == nil)
    }

    @Test(
        "a size is a number with an optional unit",
        arguments: [
            ("0", 0), ("1048576", 1_048_576), ("64KiB", 65_536), ("64KB", 65_536), ("64 KiB", 65_536),
            ("32MiB", 33_554_432),
            ("32MB", 33_554_432), ("1GiB", 1_073_741_824), ("1GB", 1_073_741_824), ("1024GiB", 1 << 40),
            ("1099511627776", 1 << 40),
        ])
    func size(text: String, expected: Int) {
        #expect(Quantity.byteCount(text) == expected)
    }

    @Test("durations and sizes are read and written in the same form")
    func texts() {
        for text in ["0ms", "500ms", "20s", "60s", "90s", "5m", "24h", "7d"] {
            #expect(Quantity.duration(text).map(Quantity.text) == text)
        }
        for text in ["1", "1000", "64KiB", "256MiB", "1GiB", "1025KiB"] {
            #expect(Quantity.byteCount(text).map { Quantity.text(byteCount: $0) } == text)
        }
        var configuration = CallboxConfiguration()
        #expect(configuration.limitTexts.contains("connections \(configuration.limits.connectionCount)"))
        configuration.limits.connectionCount += 1
        #expect(configuration.limitTexts.contains { $0.hasPrefix("connections ") && $0.contains("(default ") })
    }

    @Test(
        "a malformed size, or one larger than a tebibyte, is rejected",
        arguments: [
            "", "KiB", "-1", "1.5MiB", "64kib", "64kB", "64K", "64B", "1TiB", "64KiBs", "1025GiB", "1048577MiB",
            "1099511627777", "9223372036854775807", "9223372036854775807GiB", "99999999999999999999",
        ])
    func noSize(text: String) {
        #expect(Quantity.byteCount(text) == nil)
    }
}
