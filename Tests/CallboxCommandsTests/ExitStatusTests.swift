import ArgumentParser
import Testing

@testable import CallboxCommands

@Suite("Exit statuses are an interface")
struct ExitStatusTests {
    @Test("each status keeps its number, that of sysexits.h where it has one")
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

    @Test("each has a meaning of its own, and the help screen lists it")
    func meanings() {
        let help = CallboxCommand.helpMessage(columns: 80)
        #expect(
            Set(CallboxCommands.ExitStatus.allCases.map(\.meaning)).count == CallboxCommands.ExitStatus.allCases.count)
        for status in CallboxCommands.ExitStatus.allCases {
            #expect(!status.meaning.isEmpty)
            #expect(help.contains("\(status.rawValue)  \(status.meaning)"))
        }
    }
}
