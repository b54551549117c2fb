import Deliveries
import NIOCore
import NIOHTTP1
import Testing

@testable import HTTPListener

/// Every phase of a connection against everything that can happen in it.
@Suite struct PhaseTableTests {
    enum Phase: String, CaseIterable, Sendable {
        case waiting, readingHead, readingBody, responding, lingering, closed

        /// A connection at this phase, all of it at the moment 0.
        func connection() -> TestConnection {
            var connection = TestConnection()
            switch self {
            case .waiting: break
            case .readingHead: connection.bytes()
            case .readingBody:
                _ = connection.head(.fixture(announcing: 8))
                _ = connection.body("abcd")
            case .responding: _ = connection.request(.fixture(announcing: 8), body: "abcdefgh")
            case .lingering: _ = connection.state.rejectedForCount(now: TestConnection.moment(0))
            case .closed: connection.state.connectionClosed()
            }
            return connection
        }
    }

    enum Event: String, CaseIterable, Sendable {
        case bytes, head, body, end, answered, garbage, overflow, inputClosed, early, late, drain, gone

        /// Tells the connection, at the moment 1 where the event has one.
        func happen(to connection: inout TestConnection) -> ConnectionState.Action {
            switch self {
            case .bytes: connection.bytes(at: 1)
            case .head: return connection.head(at: 1)
            case .body: return connection.body("efgh", at: 1)
            case .end: return connection.state.endArrived()
            case .answered: return connection.responded(at: 1)
            case .garbage: return connection.state.parsingFailed(.invalidMethod, now: TestConnection.moment(1))
            case .overflow: return connection.state.parsingFailed(.headerOverflow, now: TestConnection.moment(1))
            case .inputClosed: return connection.state.inputClosed()
            case .early: return connection.state.timePassed(now: TestConnection.moment(1))
            case .late: return connection.state.timePassed(now: TestConnection.moment(1000))
            case .drain: return connection.state.drain(now: TestConnection.moment(1))
            case .gone: connection.state.connectionClosed()
            }
            return .none
        }
    }

    /// What is done, and in how many seconds after the start the connection wants to be asked next (`.` for never).
    /// Idle time ends 75 s after its start, a request 60 s, lingering 2 s.
    static let expected: [Phase: [Event: String]] = [
        .waiting: [
            .bytes: "- 61", .head: "- 61", .body: "- 75", .end: "- 75", .answered: "- 75", .garbage: "400 close .",
            .overflow: "431 close .", .inputClosed: "close .", .early: "- 75", .late: "close .", .drain: "close .",
            .gone: "- .",
        ],
        .readingHead: [
            .bytes: "- 60", .head: "- 60", .body: "- 60", .end: "- 60", .answered: "- 60", .garbage: "400 close .",
            .overflow: "431 close .", .inputClosed: "close .", .early: "- 60", .late: "!408 close .",
            .drain: "!503 close .", .gone: "- .",
        ],
        .readingBody: [
            .bytes: "- 60", .head: "- 60", .body: "- 60", .end: "hand over abcd .", .answered: "- 60",
            .garbage: "400 close .", .overflow: "431 close .", .inputClosed: "close .", .early: "- 60",
            .late: "408 close .", .drain: "503 linger 3", .gone: "- .",
        ],
        .responding: [
            .bytes: "- .", .head: "- .", .body: "- .", .end: "- .", .answered: "200 keepAlive 76", .garbage: "- .",
            .overflow: "- .", .inputClosed: "- .", .early: "- .", .late: "- .", .drain: "- .", .gone: "- .",
        ],
        .lingering: [
            .bytes: "- 2", .head: "- 2", .body: "- 2", .end: "- 2", .answered: "- 2", .garbage: "- 2", .overflow: "- 2",
            .inputClosed: "close .", .early: "- 2", .late: "close .", .drain: "- 2", .gone: "- .",
        ],
        .closed: Dictionary(uniqueKeysWithValues: Event.allCases.map { ($0, "- .") }),
    ]

    @Test("what happens means what the table says", arguments: Phase.allCases, Event.allCases)
    func cell(phase: Phase, event: Event) throws {
        var connection = phase.connection()
        let action = event.happen(to: &connection)
        let next = connection.deadline.map(String.init) ?? "."
        #expect("\(action.summary) \(next)" == (try #require(Self.expected[phase]?[event])))
    }

    @Test("whatever happens in whatever phase, once the connection is gone nothing is held of the budget")
    func budget() {
        for phase in Phase.allCases {
            for first in Event.allCases {
                for second in Event.allCases {
                    var connection = phase.connection()
                    _ = first.happen(to: &connection)
                    _ = second.happen(to: &connection)
                    connection.state.connectionClosed()
                    #expect(connection.budget.usedByteCount == 0, "\(phase), \(first), \(second)")
                }
            }
        }
    }

    @Test("whatever happened before, a drained connection answers no further request and lives on only to finish")
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
