import Deliveries
import Testing

@Suite("Arithmetic with moments")
struct TimestampArithmeticTests {
    @Test(
        "the distance of two moments stops at the ends of 64 bits",
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
        "moving a moment stops at the ends of 64 bits",
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

    @Test("moments compare by time")
    func order() {
        let moments = [3, .min, 0, .max, -1].map { Timestamp(millisecondsSinceEpoch: $0) }
        #expect(moments.sorted().map(\.millisecondsSinceEpoch) == [.min, -1, 0, 3, .max])
        #expect(Timestamp(millisecondsSinceEpoch: 1) == Timestamp(millisecondsSinceEpoch: 1))
    }
}
