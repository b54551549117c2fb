import ArgumentParser
import Deliveries
import Journal
import Presentation
import Providers
import TerminalOutput
import TestKit
import Testing

@testable import CallboxCommands
@testable import ReportIndex

@Suite("Messages and exit statuses of failed commands")
struct CommandFailureTests {
    private static let archiveErrors: [(ArchiveError, CallboxCommands.ExitStatus, String)] = [
        (.missing(path: "/a.sqlite"), .missingInput, "there is no archive at /a.sqlite"),
        (.notAnArchive(path: "/a.sqlite"), .damagedData, "/a.sqlite is not a Callbox archive"),
        (
            .unknownFormat(path: "/a.sqlite", format: 9), .damagedData,
            "/a.sqlite has format 9, which this version of Callbox does not read"
        ),
        (
            .foreignSchema(path: "/a.sqlite", object: "trigger t"), .damagedData,
            "/a.sqlite has a trigger t that Callbox did not create"
        ),
        (
            .logNotRestarted(path: "/a.sqlite"), .inputOutput,
            "a write to /a.sqlite failed, and its write-ahead log cannot be reset while a command reads it"
        ),
        (
            .pruned(DeliveryID(rawValue: 7), reason: "older than 'keep: 180d' of the source"), .negative,
            "the body of delivery 7 was pruned: older than 'keep: 180d' of the source"
        ),
        (.damaged("delivery 7: a column does not read back"), .damagedData, "delivery 7: a column does not read back"),
        (.heldByAnother(path: "/a.sqlite", processID: 12), .tryAgain, "another process (12) is writing to /a.sqlite"),
        (.heldByAnother(path: "/a.sqlite", processID: nil), .tryAgain, "another process is writing to /a.sqlite"),
        (.cannotOpen(path: "/a.sqlite", reason: "it is locked"), .cannotCreate, "/a.sqlite: it is locked"),
        (.cannotRead(path: "/a.sqlite", reason: "it is locked"), .missingInput, "cannot read /a.sqlite: it is locked"),
        (
            .notPermitted(path: "/a.sqlite", owner: "root"), .missingInput,
            "cannot open /a.sqlite: permission denied; it belongs to root"
        ),
        (
            .notWritable(path: "/a.sqlite", owner: nil), .cannotCreate,
            "cannot write to /a.sqlite: permission denied"
        ),
        (.alreadyRecorded(uuid: "u-1"), .negative, "the archive already has a delivery with the UUID u-1"),
        (.alreadyThere(path: "/a.sqlite"), .cannotCreate, "the file /a.sqlite already exists"),
        (.storageFull, .systemFailure, "the disk is full"),
        (.storageFailed(code: 778), .inputOutput, "reading or writing the archive failed (SQLite result 778)"),
        (.closed, .tryAgain, "the archive is being closed"),
    ]

    @Test("every archive error has a message and an exit status", arguments: archiveErrors)
    func archive(error: ArchiveError, status: CallboxCommands.ExitStatus, message: String) {
        let failure = CommandFailure(error)
        #expect(failure.status == status)
        #expect(failure.message == message)
        #expect(failure.status != .success)
        #expect(failure.advice != "")
    }

    @Test("a command failure keeps its message, and the message of an unexpected error contains only its type")
    func stopped() {
        let own = CommandFailure(.negative, "there is no delivery 7 in this archive")
        #expect(CommandFailure(translating: own) == own)
        let other = CommandFailure(translating: StandardStream.BrokenPipe())
        #expect(other.status == .internalFailure)
        #expect(other.message == "an unexpected failure (BrokenPipe)")
    }

    @Test("the error for a value that cannot be shown has an exit status, a message and advice")
    func presentation() {
        let id = DeliveryID(rawValue: 7)
        let failures: [(PresentationError, CallboxCommands.ExitStatus, String)] = [
            (.noDelivery(id), .negative, "there is no delivery 7 in this archive"),
            (.noReport(id, ordinal: 2, reportCount: 1), .negative, "delivery 7 has no report 2"),
            (.notAnArray(id), .negative, "the body of delivery 7 is not a JSON array"),
            (.noPart(id, partCount: 1), .negative, "the body of delivery 7 has only 1 part"),
            (.unknownMember("tpye", known: ["type"]), .usage, "'tpye' is not a member of a report"),
        ]
        for (error, status, message) in failures {
            let failure = CommandFailure(translating: error)
            #expect(failure.status == status && failure.message == message && failure.advice != nil)
        }
        let twice = CommandFailure(translating: PresentationError.memberNamedTwice("id"))
        #expect(twice == CommandFailure(.usage, "the member 'id' is listed twice"))
    }

    @Test("a missing delivery is reported as unknown, removed, or not copied yet")
    func absence() {
        let texts = [DeliveryAbsence.unknown, .notCopied(end: 5), .removed(record: 9)].map {
            CommandFailure.noSuchDelivery(DeliveryID(rawValue: 7), $0).message
        }
        #expect(
            texts == [
                "there is no delivery 7 in this archive", "delivery 7 is not copied yet: this copy ends at entry 5",
                "delivery 7 was removed; entry 9 records the removal",
            ])
    }

    @Test("a failure is written as a message and a line of advice")
    func description() {
        #expect(CommandFailure(.usage, "it is wrong").description == "it is wrong")
        #expect(
            CommandFailure(.usage, "it is wrong", advice: "Do it right.").description
                == "it is wrong\nDo it right.")
    }

    private static let callFailures: [(ProviderCallFailure, CallboxCommands.ExitStatus, String, String?)] = [
        (
            .rejected(ProviderRejection(status: 400, code: "4006", words: ["a", "b"], advice: "Do it right.")),
            .negative,
            "the provider rejected the request (400, code 4006): a; b", "Do it right."
        ),
        (.rejected(ProviderRejection(status: 404)), .negative, "the provider rejected the request (404)", nil),
        (
            .unreachable(problem: "the connection timed out", mayHaveArrived: false), .unavailable,
            "The provider did not respond: the connection timed out.", nil
        ),
        (
            .unreachable(problem: "no response", mayHaveArrived: true), .unavailable,
            "The provider did not respond: no response. The call may have been carried out.", nil
        ),
        (
            .unexpectedResponse("There is no id."), .damagedData, "The response is not as documented. There is no id.",
            nil
        ),
        (.badInput("maxUses is below 1."), .usage, "maxUses is below 1.", nil),
        (.cancelled, .tryAgain, "The call was cancelled.", nil),
    ]

    @Test("every failed call to a provider has a message and an exit status", arguments: callFailures)
    func call(failure: ProviderCallFailure, status: CallboxCommands.ExitStatus, message: String, advice: String?) {
        #expect(CommandFailure(failure) == CommandFailure(status, message, advice: advice))
    }

    @Test("provider messages are escaped for a terminal")
    func hostileCall() {
        let hostile = HostileText.sample
        let failures: [ProviderCallFailure] = [
            .rejected(ProviderRejection(status: 400, code: hostile, words: [hostile, hostile])),
            .unreachable(problem: hostile, mayHaveArrived: true), .unexpectedResponse(hostile), .badInput(hostile),
        ]
        for failure in failures {
            let text = CommandFailure(failure).description
            #expect(HostileText.hostile(in: text).isEmpty)
            #expect(text.contains("\\u{1b}[31m"))
        }
    }
}

@Suite("Stability of exit statuses")
struct ExitStatusTests {
    @Test("each exit status keeps its number")
    func numbers() {
        let numbers = Dictionary(
            uniqueKeysWithValues: CallboxCommands.ExitStatus.allCases.map { ("\($0)", $0.rawValue) })
        #expect(
            numbers == [
                "success": 0, "negative": 1, "usage": 64, "damagedData": 65, "missingInput": 66, "unavailable": 69,
                "internalFailure": 70, "systemFailure": 71, "cannotCreate": 73, "inputOutput": 74, "tryAgain": 75,
                "configuration": 78, "interrupted": 130,
            ])
    }

    @Test("each exit status has a different meaning, which 'help exit-codes' lists")
    func meanings() {
        let help = HelpTopic.exitCodes.text
        #expect(
            Set(CallboxCommands.ExitStatus.allCases.map(\.meaning)).count == CallboxCommands.ExitStatus.allCases.count)
        for status in CallboxCommands.ExitStatus.allCases {
            #expect(!status.meaning.isEmpty)
            #expect(help.contains("\(status.rawValue)  \(status.meaning)"))
        }
    }
}
