import Journal
import ReportIndex
import TestKit
import Testing

@testable import CallboxCommands
@testable import TerminalOutput

@Suite("What a failed statement means")
struct AdHocFailureTests {
    private static func failure(_ failure: AdHocFailure, rowCount: Int = 0) -> CommandFailure {
        CommandFailure(failure, timeout: "60s", rowCount: rowCount)
    }

    @Test("each ending has its status")
    func statuses() {
        #expect(Self.failure(.timedOut).status == .tryAgain)
        #expect(Self.failure(.stopped(HeldOutput.IsOver())).status == .tryAgain)
        #expect(Self.failure(.cancelled).status == .interrupted)
        #expect(Self.failure(.outOfMemory).status == .unavailable)
        #expect(Self.failure(.failed("x")).status == .usage)
        #expect(Self.failure(.rejected(.writes("DELETE"))).status == .usage)
        #expect(Self.failure(.archive(.damaged("x"))).status == .damagedData)
    }

    @Test("how far it came is said")
    func rows() {
        #expect(Self.failure(.cancelled, rowCount: 2).message == "stopped by Ctrl-C after 2 rows")
        #expect(Self.failure(.cancelled).message == "stopped by Ctrl-C")
    }

    @Test("names that are not there lead to the list of those that are")
    func advice() {
        for message in ["no such table: a", "no such column: a", "no such function: a"] {
            #expect(Self.failure(.failed(message)).advice?.contains("sql --schema") == true)
        }
        #expect(Self.failure(.failed("near \"x\": syntax error")).advice == nil)
    }

    @Test("what SQLite repeats of the statement and the data is harmless")
    func hostile() {
        for failure in [
            AdHocFailure.failed(HostileText.sample), .rejected(.writes(HostileText.sample)),
            .rejected(.missingParameter(HostileText.sample)), .rejected(.unknownParameter(HostileText.sample)),
        ] {
            HostileText.expectHarmless(Self.failure(failure).description, layout: ["\n"])
        }
    }
}
