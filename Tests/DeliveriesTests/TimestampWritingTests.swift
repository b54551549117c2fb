import Deliveries
import Testing

@Suite("Writing dates and times")
struct TimestampWritingTests {
    @Test(
        "a moment is written in UTC with three fraction digits",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (1, "1970-01-01T00:00:00.001Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (1_795_255_201_250, "2026-11-21T10:00:01.250Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_135_596_800_001, "-62135596800001ms"),
            (253_402_300_800_000, "253402300800000ms"),
            (.min, "-9223372036854775808ms"),
            (.max, "9223372036854775807ms"),
        ] as [(Int64, String)])
    func rfc3339(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(millisecondsSinceEpoch: milliseconds).rfc3339 == text)
    }

    @Test(
        "a moment is written as an HTTP date",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (999, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
            // The example in RFC 9110 §5.6.7.
            (784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (1_795_255_201_250, "Sat, 21 Nov 2026 10:00:01 GMT"),
            (1_709_164_800_000, "Thu, 29 Feb 2024 00:00:00 GMT"),
            (-62_135_596_800_000, "Mon, 01 Jan 0001 00:00:00 GMT"),
            (253_402_300_799_999, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] as [(Int64, String)])
    func httpDate(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(millisecondsSinceEpoch: milliseconds).httpDate == text)
    }

    @Test("the earliest and the latest time have an HTTP date in the usual form", arguments: [Int64.min, .max])
    func httpDateAtTheEnds(_ milliseconds: Int64) {
        #expect(Timestamp(millisecondsSinceEpoch: milliseconds).httpDate.utf8.count == 29)
    }
}

@Suite("Arithmetic with moments")
struct TimestampArithmeticTests {
    @Test(
        "the distance between two moments is clamped to 64 bits",
        arguments: [
            (0, 0, 0), (5, 3, 2), (3, 5, -2), (-5, 3, -8),
            (.max, 0, .max), (.max, -1, .max), (.max, .min, .max), (0, .min, .max), (1, .min, .max), (-1, .min, .max),
            (.min, 0, .min), (.min, 1, .min), (.min, .max, .min), (-1, .max, .min), (-2, .max, .min),
            (.max, .max, 0), (.min, .min, 0), (.max, 1, .max - 1), (.min, -1, .min + 1),
        ] as [(Int64, Int64, Int64)])
    func distance(_ moment: Int64, _ other: Int64, _ milliseconds: Int64) {
        let distance = Timestamp(millisecondsSinceEpoch: moment).milliseconds(
            since: Timestamp(millisecondsSinceEpoch: other))
        #expect(distance == milliseconds)
    }

    @Test(
        "moving a moment is clamped to 64 bits",
        arguments: [
            (0, 0, 0), (5, 3, 8), (5, -8, -3),
            (.max, 0, .max), (.max, 1, .max), (.max, .max, .max), (.max, -1, .max - 1), (1, .max, .max),
            (.min, 0, .min), (.min, -1, .min), (.min, .min, .min), (.min, 1, .min + 1), (-1, .min, .min),
            (.max, .min, -1), (.min, .max, -1),
        ] as [(Int64, Int64, Int64)])
    func advancing(_ moment: Int64, _ milliseconds: Int64, _ result: Int64) {
        let moved = Timestamp(millisecondsSinceEpoch: moment).advanced(byMilliseconds: milliseconds)
        #expect(moved.millisecondsSinceEpoch == result)
    }

    @Test("moments are ordered by time")
    func order() {
        let moments = [3, .min, 0, .max, -1].map { Timestamp(millisecondsSinceEpoch: $0) }
        #expect(moments.sorted().map(\.millisecondsSinceEpoch) == [.min, -1, 0, 3, .max])
        #expect(Timestamp(millisecondsSinceEpoch: 1) == Timestamp(millisecondsSinceEpoch: 1))
    }
}
