import Journal
import ReportIndex
import TestKit
import Testing
import TextForms

@testable import CallboxCommands
@testable import TerminalOutput

@Suite("Messages for failed SQL statements")
struct AdHocFailureTests {
    private static func failure(_ failure: any Error, rowCount: Int = 0) -> CommandFailure {
        CommandFailure(failure, timeout: "60s", rowCount: rowCount)
    }

    @Test("each failure of a statement has a specific exit status")
    func statuses() {
        #expect(Self.failure(QueryError.timedOut).status == .tryAgain)
        #expect(Self.failure(HeldOutput.IsOver()).status == .tryAgain)
        #expect(Self.failure(QueryError.cancelled).status == .interrupted)
        #expect(Self.failure(QueryError.outOfMemory).status == .unavailable)
        #expect(Self.failure(QueryError.failed("x")).status == .usage)
        #expect(Self.failure(QueryError.writes("DELETE")).status == .usage)
        #expect(Self.failure(ArchiveError.damaged("x")).status == .damagedData)
    }

    @Test("the message of an interrupted statement contains the number of printed rows")
    func rows() {
        #expect(Self.failure(QueryError.cancelled, rowCount: 2).message == "interrupted after 2 rows")
        #expect(Self.failure(QueryError.cancelled).message == "interrupted")
    }

    @Test("the error for an unknown name refers to 'callbox sql --schema'")
    func advice() {
        for message in ["no such table: a", "no such column: a", "no such function: a"] {
            #expect(Self.failure(QueryError.failed(message)).advice?.contains("sql --schema") == true)
        }
        #expect(Self.failure(QueryError.failed("near \"x\": syntax error")).advice == nil)
    }

    @Test("SQLite messages that quote the statement or data are escaped")
    func hostile() {
        for failure in [
            QueryError.failed(HostileText.sample), .writes(HostileText.sample),
            .missingParameter(HostileText.sample), .unknownParameter(HostileText.sample),
        ] {
            #expect(HostileText.hostile(in: Self.failure(failure).description, layout: ["\n"]).isEmpty)
        }
        let slow = Self.failure(ValueTest.TooSlow(expression: HostileText.sample))
        #expect(HostileText.hostile(in: slow.description, layout: ["\n"]).isEmpty)
    }
}
