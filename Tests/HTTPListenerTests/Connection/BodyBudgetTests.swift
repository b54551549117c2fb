import Deliveries
import NIOHTTP1
import Testing

@testable import HTTPListener

@Suite struct BodyBudgetTests {
    @Test("shares are granted up to the limit, and are available again after they were returned")
    func limit() {
        let budget = BodyBudget(limit: 10)
        #expect(budget.take(6, onTopOf: 0))
        #expect(budget.take(4, onTopOf: 0))
        #expect(!budget.take(1, onTopOf: 0))
        #expect(budget.usedByteCount == 10)
        budget.release(6)
        #expect(budget.take(5, onTopOf: 0))
        #expect(!budget.take(2, onTopOf: 5))
        #expect(budget.usedByteCount == 9)
    }

    @Test("a body is never rejected while it is the only body, even if it arrives in many pieces")
    func alone() {
        let budget = BodyBudget(limit: 10)
        #expect(budget.take(100, onTopOf: 0))
        #expect(budget.take(100, onTopOf: 100))
        #expect(!budget.take(1, onTopOf: 0))
        budget.release(200)
        #expect(budget.usedByteCount == 0)
    }

    @Test("a request holds its share until the application has responded, even if the connection has ended")
    func heldByApplication() {
        var connection = TestConnection()
        _ = connection.head(.fixture(announcing: 4))
        _ = connection.body("abcd")
        #expect(connection.end().summary == "hand over abcd")
        connection.state.close()
        #expect(connection.budget.usedByteCount == 4)
        #expect(connection.responded() == .none)
        #expect(connection.budget.usedByteCount == 0)
    }

    @Test("the budget counts the memory allocated for a body, which is 0 before the body arrives")
    func memory() {
        var connection = TestConnection()
        _ = connection.head(.fixture(announcing: 90))
        #expect(connection.budget.usedByteCount == 0)
        for (byteCount, held) in [(10, 10), (1, 20), (40, 51), (1, 90)] {
            _ = connection.body(String(repeating: "a", count: byteCount))
            #expect(connection.budget.usedByteCount == held)
        }
    }

    @Test("a single connection may hold more than the limit, and other connections get 503 until it has finished")
    func connections() {
        let budget = BodyBudget(limit: 10)
        var large = TestConnection(budget: budget)
        var other = TestConnection(budget: budget)
        _ = large.head(.fixture(announcing: 24))
        for _ in 0..<3 { #expect(large.body("12345678") == .none) }
        #expect(other.head(.fixture(announcing: 1)) == .none)
        #expect(other.body("1").summary == "503 close")
        #expect(budget.usedByteCount == 24)
        #expect(large.end().summary == "hand over 123456781234567812345678")
        #expect(budget.usedByteCount == 24)
        #expect(large.responded().summary == "200 keepAlive")
        #expect(budget.usedByteCount == 0)
    }

    /// The ways in which a request with a share of the budget can end.
    static let endings: [(name: String, end: @Sendable (inout TestConnection) -> Void)] = [
        (
            "responded",
            {
                _ = $0.end(); _ = $0.responded()
            }
        ),
        ("too large", { _ = $0.body(String(repeating: "a", count: 100)) }),
        ("too slow", { _ = $0.state.timePassed(now: TestConnection.moment(60)) }),
        ("malformed", { _ = $0.state.malformedInput(.framing, now: TestConnection.moment(0)) }),
        ("not HTTP", { _ = $0.state.malformedInput(.syntax, now: TestConnection.moment(0)) }),
        ("drained", { _ = $0.state.drain(now: TestConnection.moment(0)) }),
        ("cut short", { _ = $0.state.inputClosed() }),
        ("gone", { $0.state.close() }),
        (
            "gone, then responded",
            {
                _ = $0.end(); $0.state.close(); _ = $0.responded()
            }
        ),
        (
            "drained, then responded",
            {
                _ = $0.end(); _ = $0.state.drain(now: TestConnection.moment(0)); _ = $0.responded()
            }
        ),
    ]

    @Test("a request returns its share exactly once, regardless of how it ends", arguments: endings.map(\.name))
    func givenBack(name: String) throws {
        let ending = try #require(Self.endings.first { $0.name == name })
        var connection = TestConnection()
        _ = connection.head(.fixture(.POST, "/x", headers: [("Transfer-Encoding", "chunked")]))
        _ = connection.body("abcd")
        #expect(connection.budget.usedByteCount == 4)
        ending.end(&connection)
        #expect(connection.budget.usedByteCount == 0)
        connection.state.close()
        #expect(connection.budget.usedByteCount == 0)
    }
}
