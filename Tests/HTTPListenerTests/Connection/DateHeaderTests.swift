import Deliveries
import Testing

@testable import HTTPListener

@Suite struct DateHeaderTests {
    @Test("the date follows the clock, second by second and backwards too")
    func followsClock() {
        let header = DateHeader()
        let texts = [5000, 5999, 6000, 5000].map { header.value(at: Timestamp(millisecondsSinceEpoch: $0)) }
        #expect(
            texts == [
                "Thu, 01 Jan 1970 00:00:05 GMT", "Thu, 01 Jan 1970 00:00:05 GMT", "Thu, 01 Jan 1970 00:00:06 GMT",
                "Thu, 01 Jan 1970 00:00:05 GMT",
            ])
    }
}
