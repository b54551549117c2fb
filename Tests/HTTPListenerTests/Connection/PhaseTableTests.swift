import Deliveries
import NIOCore
import NIOHTTP1
import Testing

@testable import HTTPListener

/// Tests every event in every phase of a connection.
@Suite struct PhaseTableTests {
    enum Phase: String, CaseIterable, Sendable {
        case waiting, readingHead, readingBody, responding, lingering, closing, closed

        /// A connection that has reached this phase at second 0.
        func connection() -> TestConnection {
            var connection = TestConnection()
            switch self {
            case .waiting: break
            case .readingHead: connection.bytes()
            case .readingBody:
                _ = connection.head(.fixture(announcing: 8))
                _ = connection.body("abcd")
            case .responding: _ = connection.request(.fixture(announcing: 8), body: "abcdefgh")
            case .lingering:
                _ = connection.state.malformedInput(.syntax, now: TestConnection.moment(0))
                _ = connection.written()
            case .closing: _ = connection.state.rejectedForCount(now: TestConnection.moment(0))
            case .closed: connection.state.close()
            }
            return connection
        }
    }

    enum Event: String, CaseIterable, Sendable {
        case bytes, head, body, end, responded, garbage, overflow, written, inputClosed, early, late, drain, finish,
            gone

        /// Passes the event to the connection. An event with a time happens at second 1, except `late`, which happens
        /// at second 1000.
        func happen(to connection: inout TestConnection) -> ConnectionState.Action {
            switch self {
            case .bytes: connection.bytes(at: 1)
            case .head: return connection.head(at: 1)
            case .body: return connection.body("efgh", at: 1)
            case .end: return connection.end(at: 1)
            case .responded: return connection.responded(at: 1)
            case .garbage: return connection.state.malformedInput(.syntax, now: TestConnection.moment(1))
            case .overflow: return connection.state.headersTooLarge(now: TestConnection.moment(1))
            case .written: return connection.written(at: 1)
            case .inputClosed: return connection.state.inputClosed()
            case .early: return connection.state.timePassed(now: TestConnection.moment(1))
            case .late: return connection.state.timePassed(now: TestConnection.moment(1000))
            case .drain: return connection.state.drain(now: TestConnection.moment(1))
            case .finish: return connection.state.finish(isQuiet: true, now: TestConnection.moment(1))
            case .gone: connection.state.close()
            }
            return .none
        }
    }

    /// The action and the time of the next deadline, in seconds after the start (`.` for none). The time limits are: a
    /// head 20 s, a body of a few bytes 10 s, a response 60 s, lingering 2 s, output 30 s, idle time 75 s.
    static let expected: [Phase: [Event: String]] = [
        .waiting: [
            .bytes: "- 20", .head: "- 11", .body: "- 20", .end: "- 20", .responded: "- 20", .garbage: "400 close 31",
            .overflow: "431 close 31", .written: "- 20", .inputClosed: "close .", .early: "- 20", .late: "close .",
            .drain: "close .",
            .finish: "- 20", .gone: "- .",
        ],
        .readingHead: [
            .bytes: "- 20", .head: "- 11", .body: "- 20", .end: "- 20", .responded: "- 20", .garbage: "400 close 31",
            .overflow: "431 close 31", .written: "- 20", .inputClosed: "close .", .early: "- 20",
            .late: "408 close 1030",
            .drain: "503 close 31", .finish: "- 20", .gone: "- .",
        ],
        .readingBody: [
            .bytes: "- 10", .head: "- 10", .body: "- 10", .end: "hand over abcd 61", .responded: "- 10",
            .garbage: "400 close 31", .overflow: "431 close 31", .written: "- 10", .inputClosed: "close .",
            .early: "- 10",
            .late: "408 close 1030", .drain: "503 close 31", .finish: "- 10", .gone: "- .",
        ],
        .responding: [
            .bytes: "- 60", .head: "- 60", .body: "- 60", .end: "- 60", .responded: "200 keepAlive 76",
            .garbage: "- 60", .overflow: "- 60", .written: "- 60", .inputClosed: "- 60", .early: "- 60",
            .late: "503 close 1030",
            .drain: "- 60", .finish: "- 60", .gone: "- .",
        ],
        .lingering: [
            .bytes: "- 2", .head: "- 2", .body: "- 2", .end: "- 2", .responded: "- 2", .garbage: "- 2",
            .overflow: "- 2",
            .written: "- 2", .inputClosed: "close .", .early: "- 2", .late: "close .", .drain: "- 2", .finish: "- 2",
            .gone: "- .",
        ],
        .closing: [
            .bytes: "- 30", .head: "- 30", .body: "- 30", .end: "- 30", .responded: "- 30", .garbage: "- 30",
            .overflow: "- 30", .written: "close output 3", .inputClosed: "- 30", .early: "- 30", .late: "close .",
            .drain: "- 30", .finish: "- 30", .gone: "- .",
        ],
        .closed: Dictionary(uniqueKeysWithValues: Event.allCases.map { ($0, "- .") }),
    ]

    @Test("every phase except closed has a deadline after any two events", arguments: Phase.allCases)
    func deadlines(phase: Phase) {
        for first in Event.allCases {
            for second in Event.allCases {
                var connection = phase.connection()
                for event in [first, second] {
                    if event.happen(to: &connection) == .close { connection.state.close() }
                }
                let isClosed = connection.deadline == nil
                let mayBeClosed =
                    phase == .closed || [first, second].contains { [.gone, .late, .drain, .inputClosed].contains($0) }
                #expect(!isClosed || mayBeClosed, "\(first), \(second)")
            }
        }
    }

    @Test("each event has the effect in the table", arguments: Phase.allCases, Event.allCases)
    func cell(phase: Phase, event: Event) throws {
        var connection = phase.connection()
        let action = event.happen(to: &connection)
        let next = connection.deadline.map(String.init) ?? "."
        #expect("\(action.summary) \(next)" == (try #require(Self.expected[phase]?[event])))
    }

    @Test(
        "after any two events in any phase, a closed connection has returned its share of the body budget"
    )
    func budget() {
        for phase in Phase.allCases {
            for first in Event.allCases {
                for second in Event.allCases {
                    var connection = phase.connection()
                    _ = first.happen(to: &connection)
                    _ = second.happen(to: &connection)
                    connection.state.close()
                    _ = connection.responded()
                    #expect(connection.budget.usedByteCount == 0, "\(phase), \(first), \(second)")
                }
            }
        }
    }

    @Test("a drained connection accepts no further request and only completes the current request")
    func drained() {
        for phase in Phase.allCases {
            for event in Event.allCases {
                var connection = phase.connection()
                _ = event.happen(to: &connection)
                _ = connection.state.drain(now: TestConnection.moment(2))
                let last = connection.responded(at: 2).summary
                #expect(["-", "200 close"].contains(last), "\(phase), \(event)")
                #expect(connection.head(at: 3) == .none, "\(phase), \(event)")
            }
        }
    }
}
