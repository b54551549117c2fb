import Foundation
import TestKit
import Testing

/// Idioms that CONTRIBUTING.md asks writers to avoid, counted in comments, messages, test names and documentation.
/// Lower a bound when the count falls; never raise a bound.
@Suite("Voice of comments, messages and documentation")
struct VoiceTests {
    struct Idiom: CustomTestStringConvertible {
        /// A regular expression for one line.
        let pattern: String
        /// The maximum number of lines allowed in comments and string literals of Sources.
        let sourceBound: Int
        /// The maximum number of lines allowed in comments and test names of Tests and Benchmarks.
        let testBound: Int
        /// The maximum number of lines allowed in documentation.
        let documentationBound: Int

        init(_ pattern: String, sources: Int = 0, tests: Int = 0, documentation: Int = 0) {
            self.pattern = pattern
            self.sourceBound = sources
            self.testBound = tests
            self.documentationBound = documentation
        }

        var testDescription: String { pattern }
    }

    private typealias Line = (path: String, text: String)

    static let idioms = [
        Idiom(#"^(?:/{2,} )?(?:What|Where|Whether|That of|Who|Nothing|Nobody|Of the)\b"#),
        Idiom(#"^"(?:[Ww]hat|[Ww]here|[Ww]hether|[Ww]ho|[Nn]obody) "#),
        Idiom(#"(?<![Tt]here) (?:is|are|was|were) no\b(?! (?:longer|more)\b)"#),
        Idiom(#"(?<![Tt]here) (?:is|are) none\b"#),
        Idiom(#"\banew\b"#),
        Idiom(#"\bbut for\b"#),
        Idiom(#", for (?!example\b|instance\b|each\b|every\b|all\b)"#, sources: 42, tests: 7, documentation: 8),
        Idiom(#"\bstands?\b|\bstood\b"#),
        Idiom(#"\bcomes?\b|\bcame\b"#),
        Idiom(#"\btold\b|\btells?\b"#),
        Idiom(#"\b[Ll]ook(?:s|ed)? at\b"#, documentation: 1),
        Idiom(#"\bso that\b"#),
        Idiom(#"\b[Nn]obody\b|\b[Ss]omebody\b|\b[Ww]hoever\b"#),
        Idiom(#"\b[Ww]hatever\b"#),
        Idiom(#"\bgoes\b|\bwent\b"#, documentation: 1),
        Idiom(#"\b[Aa]nswer(?:s|ed|ing)?\b"#, documentation: 1),
        Idiom(#"\b[Vv]isit(?:s|ed|ors?)?\b"#, documentation: 1),
        Idiom(#"\b(?:has|have|had) to\b|\bhad better\b"#),
        Idiom(#"\b[Bb]rings?\b|\bbrought\b|\bat hand\b|\blet in\b|\bkept aside\b"#, documentation: 1),
        Idiom(#"\b[Aa]lso if\b|\bfor ever\b|\ball the same\b"#),
        Idiom(#"^(?:/{2,} )?The most [a-z]+ (?:of|in|for|that|without)\b"#),
        Idiom(#"\bwanted\b|\bby itself\b|\bcrowd\b|\bthe like\b"#, sources: 1),
    ]

    private static let sourceLines = Result {
        try matches(of: #""""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|//[^\n]*"#, in: ["Sources"])
    }

    private static let testLines = Result {
        try matches(of: #"(?<=@(?:Test|Suite)\(\s{0,20})"(?:\\.|[^"\\\n])*"|//[^\n]*"#, in: ["Tests", "Benchmarks"])
    }

    private static func matches(of pattern: String, in folders: [String]) throws -> [Line] {
        let token = try NSRegularExpression(pattern: pattern)
        return try files(folders, suffix: ".swift").flatMap { path, text in
            token.matches(in: text, range: NSRange(text.startIndex..., in: text)).flatMap { match in
                lines(path, Range(match.range, in: text).map { String(text[$0]) } ?? "")
            }
        }
    }

    /// The text outside of code blocks. Omits docs/cli.md, because it is generated from string literals that are
    /// already counted.
    private static let documentationLines = Result {
        try documentation().filter { $0.path != "docs/cli.md" && $0.path != "CONTRIBUTING.md" }.flatMap { path, text in
            lines(path, text.replacing(#/(?m)^```[\s\S]*?^```/#, with: ""))
        }
    }

    private static func documentation() throws -> [(path: String, text: String)] {
        try files(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"], suffix: ".md")
            + files(["docs", "samples", "scenarios", "storage", "Benchmarks"], suffix: ".md")
    }

    private static func files(_ names: [String], suffix: String) throws -> [(path: String, text: String)] {
        try names.flatMap { name in
            let url = ProjectFolder.root.appending(path: name)
            let below = (try? FileManager.default.subpathsOfDirectory(atPath: url.path())) ?? []
            let paths = name.hasSuffix(suffix) ? [name] : below.filter { $0.hasSuffix(suffix) }.map { "\(name)/\($0)" }
            return try paths.sorted().map {
                ($0, try String(contentsOf: ProjectFolder.root.appending(path: $0), encoding: .utf8))
            }
        }
    }

    private static func lines(_ path: String, _ text: String) -> [Line] {
        text.split(separator: "\n").map { (path, String($0)) }
    }

    @Test("no idiom is used more often than its bound allows", arguments: idioms)
    func bounds(idiom: Idiom) throws {
        let expression = try NSRegularExpression(pattern: idiom.pattern)
        for (lines, bound) in [
            (try Self.sourceLines.get(), idiom.sourceBound),
            (try Self.testLines.get(), idiom.testBound),
            (try Self.documentationLines.get(), idiom.documentationBound),
        ] {
            #expect(lines.count > 1_000)
            let found = lines.filter { line in
                expression.firstMatch(in: line.text, range: NSRange(line.text.startIndex..., in: line.text)) != nil
            }
            let places = found.map { "\($0.path): \($0.text)" }.joined(separator: "\n")
            #expect(found.count <= bound, "\(found.count) lines, \(bound) allowed:\n\(places)")
        }
    }

    @Test("links between pages lead to existing files and headings")
    func links() throws {
        let pages = Dictionary(uniqueKeysWithValues: try Self.documentation().map { ($0.path, $0.text) })
        var linkCount = 0
        for (path, text) in pages {
            for match in text.matches(of: #/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/#) {
                let base = ProjectFolder.root.appending(path: path)
                let target = match.1.isEmpty ? base : base.appending(path: "../" + match.1).standardizedFileURL
                #expect(FileManager.default.fileExists(atPath: target.path()), "\(path) links to \(match.0)")
                linkCount += 1
                let name = target.path().replacing(ProjectFolder.root.path(), with: "")
                guard let anchor = match.2, let page = pages[name.hasPrefix("/") ? String(name.dropFirst()) : name]
                else { continue }
                let anchors = page.matches(of: #/(?m)^##* (.+)$/#).map { heading in
                    heading.1.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
                        .replacing(" ", with: "-")
                }
                #expect(anchors.contains(String(anchor)), "\(path) links to \(match.0)")
            }
        }
        #expect(linkCount > 100)
    }
}
