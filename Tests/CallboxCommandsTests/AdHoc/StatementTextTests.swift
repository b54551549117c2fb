import Foundation
import ReportIndex
import TestKit
import Testing

@testable import CallboxCommands

@Suite("SQL statements on the command line")
struct StatementTextTests {
    @Test("name=value is always text, and name:=value is a number or null")
    func parameters() throws {
        let given = ["a=42", "b:=42", "c:=-1.5", "d:=null", "e=", "f_1=x=y:=z"]
        #expect(
            try StatementText.parameters(given) == [
                "a": .text("42"), "b": .integer(42), "c": .real(-1.5), "d": .null, "e": .text(""),
                "f_1": .text("x=y:=z"),
            ])
    }

    @Test(
        "malformed and repeated parameters are rejected",
        arguments: [["a"], ["=1"], [":=1"], ["a b=1"], [":a=1"], ["a:=x"], ["a:=inf"], ["a=1", "a=2"], ["é=1"]])
    func rejected(given: [String]) {
        let failure = #expect(throws: CommandFailure.self) { try StatementText.parameters(given) }
        #expect(failure?.status == .usage)
    }

    @Test("a statement is read from a file, and a missing or binary file is reported")
    func files() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "q.sql")
            #expect(try StatementText.read("select 1", file: nil) == "select 1")
            #expect(throws: CommandFailure.self) { try StatementText.read("", file: path) }
            try write([0x73, 0x31], to: path)
            #expect(try StatementText.read("", file: path) == "s1")
            try write([0xff], to: path)
            #expect(throws: CommandFailure(.damagedData, "the statement is not UTF-8 text")) {
                try StatementText.read("", file: path)
            }
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }
}
