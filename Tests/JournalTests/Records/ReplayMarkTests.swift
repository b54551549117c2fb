import Deliveries
import Journal
import TestKit
import Testing

@Suite("Replay marks")
struct ReplayMarkTests {
    @Test("the UUID of a delivery is unchanged after writing and parsing a mark")
    func readsBack() {
        var generator = SplitMix64(seed: 5)
        let uuid = UUIDv7(at: .fixture, using: &generator)
        #expect(ReplayMark.delivery(in: ReplayMark.value(run: "r", delivery: uuid)) == uuid)
    }

    @Test(
        "a header value that is not a replay mark contains no delivery",
        arguments: ["", "r", "r; delivery=", "r; delivery=42", "r; delivery=" + String(repeating: "0", count: 400)])
    func others(value: String) {
        #expect(ReplayMark.delivery(in: value) == nil)
    }
}
