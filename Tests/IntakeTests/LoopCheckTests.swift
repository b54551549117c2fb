import Deliveries
import TestKit
import Testing

@testable import Intake

@Suite("Replay loops")
struct LoopCheckTests {
    private static func request(_ values: String...) -> InboundRequest {
        .fixture(headers: HeaderFields(values.map { HeaderField("callbox-replay", $0) }))
    }

    @Test("a loop is found if any of the first eight replay marks belongs to the archive")
    func marks() {
        let check = LoopCheck(header: "Callbox-Replay") { $0 == "own" }
        #expect(check.finds(Self.request("other", "own")))
        #expect(!check.finds(Self.request("other")))
        #expect(!check.finds(Self.request()))
        #expect(check.finds(Self.request("1", "2", "3", "4", "5", "6", "7", "own")))
        #expect(!check.finds(Self.request("1", "2", "3", "4", "5", "6", "7", "8", "own")))
        #expect(!LoopCheck.none.finds(Self.request("own")))
    }
}
