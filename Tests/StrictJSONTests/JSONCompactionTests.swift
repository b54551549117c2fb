import StrictJSON
import TestKit
import Testing

@Suite("Removing white space")
struct JSONCompactionTests {
    @Test(
        "white space is removed between values and kept inside of strings",
        arguments: [
            ("", ""), (" \t\r\n", ""), ("{ \"a\" : 1 ,\n\t\"b\" : [ ] }\r\n", #"{"a":1,"b":[]}"#),
            (#"{ "a b" : " c " }"#, #"{"a b":" c "}"#), (#"[ "\" " , " \\" , 1 ]"#, #"["\" "," \\",1]"#),
            (#"[ "\\\" " , " " ]"#, #"["\\\" "," "]"#), (#"[ "\u0020 " ]"#, #"["\u0020 "]"#),
            ("[ 1.0 , 1e2 , -0 ]", "[1.0,1e2,-0]"), (#"{"b":1,"a":2}"#, #"{"b":1,"a":2}"#), ("\u{a0}1", "\u{a0}1"),
            (#" "open   "#, #""open   "#), (#" "open \"#, #""open \"#), (#"[ "é " ]"#, #"["é "]"#),
            ("\u{b} 1", "\u{b}1"),
        ])
    func compacts(_ text: String, _ compact: String) {
        #expect(JSONCompaction.compact(Array(text.utf8)) == Array(compact.utf8))
    }

    @Test(
        "Foundation reads the same values from compacted JSON, and compacting the JSON again does not change it",
        arguments: Sample.withBody)
    func samples(_ sample: Sample) throws {
        let compact = JSONCompaction.compact(sample.body)
        #expect(try ParsedJSON(compact) == ParsedJSON(sample.body))
        #expect(JSONCompaction.compact(compact) == compact)
    }

    @Test("bytes that are not JSON do not trap, and lose only white space")
    func random() {
        var generator = SplitMix64(seed: 5)
        for count in 0..<500 {
            let bytes = generator.bytes(count)
            let whiteSpace: Set<UInt8> = [0x20, 0x0a, 0x0d, 0x09]
            let compact = JSONCompaction.compact(bytes)
            #expect(compact.filter { !whiteSpace.contains($0) } == bytes.filter { !whiteSpace.contains($0) })
        }
    }
}
