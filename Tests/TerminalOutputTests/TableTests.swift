import TestKit
import Testing

@testable import TerminalOutput

@Suite("Tables as text")
struct TableTests {
    private static let columns: [Table.Column] = [
        .init(title: "ID", alignment: .right), .init(title: "TYPE", shortestWidth: 6),
        .init(title: "NOTE", shortestWidth: 4), .init(title: "N", alignment: .right),
    ]

    private static func lines(_ rows: [[Table.Cell]], width: Int? = nil, usesColor: Bool = false) -> [String] {
        let console = RecordedOutput().console(isTerminal: width != nil, width: width ?? 100, usesColor: usesColor)
        return Table(columns: columns, rows: rows).lines(on: console)
    }

    private static func row(_ id: String, _ type: String, _ note: String, _ count: String) -> [Table.Cell] {
        [.init(id), .init(type), .init(note), .init(count)]
    }

    @Test("columns are as wide as their values, and numbers are right-aligned")
    func alignment() {
        #expect(
            Self.lines([Self.row("1", "link_created", "a", "10"), Self.row("100", "x", "longer", "2")]) == [
                " ID  TYPE          NOTE     N",
                "  1  link_created  a       10",
                "100  x             longer   2",
            ])
    }

    @Test("no line ends with spaces")
    func trailingSpaces() {
        let table = Table(
            columns: [.init(title: "A"), .init(title: "LAST")],
            rows: [[.init("x"), .init("")], [.init("y"), .init("z ")]])
        #expect(table.lines(on: RecordedOutput().console()) == ["A  LAST", "x", "y  z"])
    }

    @Test("without rows only the header is written")
    func noRows() {
        #expect(Self.lines([]) == ["ID  TYPE  NOTE  N"])
    }

    @Test("a note is printed below its row and wrapped to the width of the terminal")
    func notes() {
        let table = Table(
            columns: [.init(title: "A")], rows: [[.init("x")], [.init("y")], [.init("z")]],
            notes: [nil, .init("one two three"), nil])
        let terminal = RecordedOutput().console(isTerminal: true, width: 10)
        #expect(table.lines(on: terminal) == ["A", "x", "y", "  one two", "  three", "z"])
        #expect(table.lines(on: RecordedOutput().console()) == ["A", "x", "y", "  one two three", "z"])
    }

    @Test("if a table is wider than the terminal, the widest flexible column is shortened")
    func width() {
        let rows = [Self.row("1", "abcdefghij", "0123456", "1")]
        #expect(Self.lines(rows, width: 26) == ["ID  TYPE        NOTE     N", " 1  abcdefghij  0123456  1"])
        #expect(Self.lines(rows, width: 25) == ["ID  TYPE       NOTE     N", " 1  abcdefgh…  0123456  1"])
        #expect(Self.lines(rows, width: 22) == ["ID  TYPE    NOTE     N", " 1  abcde…  0123456  1"])
    }

    @Test("text columns keep a minimum width if the terminal is wide enough")
    func shortest() {
        let rows = [Self.row("1", "abcdefghij", "0123456", "1")]
        #expect(Self.lines(rows, width: 19) == ["ID  TYPE    NOTE  N", " 1  abcde…  012…  1"])
        #expect(Self.lines(rows, width: 20) == ["ID  TYPE    NOTE   N", " 1  abcde…  0123…  1"])
        #expect(Self.lines(rows, width: 17) == ["ID  TYPE  NOTE  N", " 1  abc…  012…  1"])
    }

    @Test("text in a column breaks between words if the column wraps, or if shortening is not sufficient")
    func wrapping() {
        let rows: [[Table.Cell]] = [[.init("q10", .bold), .init("the signature does not match any secret")]]
        for wraps in [true, false] {
            let table = Table(
                columns: [.init(title: "ID", alignment: .right), .init(title: "REASON", wraps: wraps)], rows: rows)
            let lines = table.lines(on: RecordedOutput().console(isTerminal: true, width: 26))
            #expect(lines == [" ID  REASON", "q10  the signature does", "     not match any secret"])
        }
    }

    @Test("output for programs is never shortened")
    func piped() {
        let long = String(repeating: "x", count: 500)
        #expect(Self.lines([Self.row("1", long, "", "1")])[1] == " 1  \(long)        1")
    }

    @Test("text in a cell can neither control the terminal nor break the line")
    func hostile() {
        let lines = Self.lines([Self.row("1", HostileText.sample, "a\nb", "1")])
        #expect(lines.count == 2)
        for line in lines { #expect(HostileText.hostile(in: line).isEmpty) }
        #expect(lines[1].contains("\\u{1b}[31m"))
        #expect(lines[1].contains("a\\u{a}b"))
    }

    @Test("colours are used only if enabled, and do not change the layout")
    func colours() {
        let rows: [[Table.Cell]] = [[.init("1", .bold), .init("abcdefghij", .cyan), .init("-", .dim), .init("1")]]
        let plain = Self.lines(rows, width: 20)
        let colored = Self.lines(rows, width: 20, usesColor: true)
        #expect(plain == ["ID  TYPE     NOTE  N", " 1  abcdef…  -     1"])
        #expect(
            colored == [
                "\u{1b}[2mID\u{1b}[0m  \u{1b}[2mTYPE\u{1b}[0m     \u{1b}[2mNOTE\u{1b}[0m  \u{1b}[2mN\u{1b}[0m",
                " \u{1b}[1m1\u{1b}[0m  \u{1b}[36mabcdef…\u{1b}[0m  \u{1b}[2m-\u{1b}[0m     1",
            ])
        #expect(plain.allSatisfy { !$0.contains("\u{1b}") })
    }

    @Test("the text of a cell cannot set a colour")
    func forgedColour() {
        let lines = Self.lines([[.init("\u{1b}[0m", .red), .init(""), .init(""), .init("")]], usesColor: true)
        #expect(lines[1].hasPrefix("\u{1b}[31m\\u{1b}[0m\u{1b}[0m"))
    }
}
