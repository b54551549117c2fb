import Deliveries
import StrictJSON
import TestKit
import Testing

@testable import Providers

@Suite("Collecting the fields of a report")
struct FieldCollectorTests {
    private func collect(externalInfo text: String) throws -> FieldCollector {
        var collector = FieldCollector()
        collector.addExternalInfo(try JSONDocument(parsing: Array(text.utf8)).root)
        return collector
    }

    @Test("empty and missing values are not fields, and no field is repeated")
    func values() {
        var collector = FieldCollector()
        collector.add("a", "1")
        collector.add("a", "")
        collector.add("a", nil as String?)
        collector.add("a", "2")
        collector.add("a", "1")
        collector.add("b", "1")
        #expect(collector.fields == [ReportField("a", "1"), ReportField("a", "2"), ReportField("b", "1")])
        #expect(collector.problem == nil)
    }

    @Test("values that look the same but have different bytes are two fields")
    func canonicallyEqual() throws {
        let composed = "caf\u{e9}"
        let decomposed = "cafe\u{301}"
        var collector = FieldCollector()
        collector.add("a", composed)
        collector.add("a", decomposed)
        #expect(collector.fields.map { Array($0.value.utf8) } == [Array(composed.utf8), Array(decomposed.utf8)])
        let info = try collect(externalInfo: "{\"\(composed)\":1,\"\(decomposed)\":1}")
        #expect(
            info.fields.map { Array($0.name.utf8) } == [composed, decomposed].map { Array("externalInfo.\($0)".utf8) })
    }

    @Test("moving a byte from the name to the value results in a different field")
    func boundary() {
        var collector = FieldCollector()
        collector.add("a", "bc")
        collector.add("ab", "c")
        collector.add("a\0b", "c")
        collector.add("a", "b\0c")
        #expect(collector.fields.count == 4)
    }

    @Test("a value of 1024 bytes is a field, and a longer value is a problem")
    func longValue() {
        var collector = FieldCollector()
        collector.add("a", String(repeating: "x", count: 1024))
        #expect(collector.fields.count == 1 && collector.problem == nil)
        collector.add("a", String(repeating: "é", count: 513))
        #expect(collector.fields.count == 1)
        #expect(collector.problem == "left out 1 field longer than 1024 bytes")
    }

    @Test("256 fields are kept, and a further field is a problem")
    func fieldCount() {
        var collector = FieldCollector()
        for number in 0..<256 { collector.add("a", "\(number)") }
        #expect(collector.fields.count == 256 && collector.problem == nil)
        collector.add("a", "7")
        #expect(collector.problem == nil, "a repeated value is omitted without loss")
        collector.add("a", "more")
        #expect(collector.fields.count == 256)
        #expect(collector.problem == "indexed 256 fields and left out 1 value, limit: 256 fields of a report")
        for value in ["more", "7", ""] { collector.add("a", value) }
        #expect(collector.problem == "indexed 256 fields and left out 3 values, limit: 256 fields of a report")
    }

    @Test("every leaf of externalInfo is a field under its path, in order")
    func leaves() throws {
        let text = #"{"a":1,"b":{"c":"x","d":[true,{"e":"y"},[2]],"":"z"},"f":null,"g":"","h":{},"a":3}"#
        let collector = try collect(externalInfo: text)
        #expect(
            collector.fields == [
                ReportField("externalInfo.a", "1"), ReportField("externalInfo.b.c", "x"),
                ReportField("externalInfo.b.d", "true"), ReportField("externalInfo.b.d.e", "y"),
                ReportField("externalInfo.b.d", "2"), ReportField("externalInfo.b.", "z"),
                ReportField("externalInfo.a", "3"),
            ])
        #expect(collector.externalInfo == text)
        #expect(collector.problem == nil)
    }

    @Test("a missing or null externalInfo is ignored, and a scalar is a leaf")
    func scalars() throws {
        #expect(try collect(externalInfo: "null").externalInfo == nil)
        #expect(try collect(externalInfo: #""x""#).fields == [ReportField("externalInfo", "x")])
        #expect(try collect(externalInfo: #""x""#).externalInfo == #""x""#)
        var collector = FieldCollector()
        collector.addExternalInfo(nil)
        #expect(collector.externalInfo == nil && collector.fields == [] && collector.problem == nil)
    }

    @Test(
        "an externalInfo has a problem only if it has more leaves than are indexed",
        arguments: [256, 257, 300, 10_000])
    func leafCount(count: Int) throws {
        let members = (0..<count).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        let elements = (0..<count).map { "\($0)" }.joined(separator: ",")
        for text in ["{\(members)}", "[\(elements)]"] {
            let collector = try collect(externalInfo: text)
            #expect(collector.fields.count == 256)
            let values = count == 257 ? "1 value" : "\(count - 256) values"
            let problem = "indexed 256 fields and left out \(values), limit: 256 fields of a report"
            #expect(collector.problem?.hasPrefix(problem) == (count > 256 ? true : nil))
        }
    }

    @Test("repeated leaves do not prevent new leaves from being indexed")
    func repeatedLeaves() throws {
        let elements = Array(repeating: "1", count: 1000) + ["null", "\"\"", "2"]
        let collector = try collect(externalInfo: "[\(elements.joined(separator: ","))]")
        #expect(collector.fields == [ReportField("externalInfo", "1"), ReportField("externalInfo", "2")])
        #expect(collector.problem == nil)
    }

    @Test("an externalInfo of 64 KiB is stored with the report, and a longer externalInfo only in the body")
    func byteCount() throws {
        let limit = 64 * 1024
        let longest = "[" + String(repeating: " ", count: limit - 2) + "]"
        #expect(try collect(externalInfo: longest).externalInfo == longest)
        #expect(try collect(externalInfo: longest).problem == nil)
        let collector = try collect(externalInfo: #"[1,"# + String(repeating: " ", count: limit) + "2]")
        #expect(collector.externalInfo == nil)
        #expect(collector.problem == "the externalInfo of 65541 bytes is too long for the index; it is in the body")
        #expect(collector.fields.map(\.value) == ["1", "2"], "its leaves are still indexed")
    }

    @Test("a path longer than 1024 bytes is a problem, and other leaves are still found")
    func longPath() throws {
        let name = String(repeating: "n", count: 1100)
        let collector = try collect(externalInfo: #"{"\#(name)":{"a":1,"b":{"c":2}},"d":3}"#)
        #expect(collector.fields == [ReportField("externalInfo.d", "3")])
        #expect(collector.problem == "left out 1 field longer than 1024 bytes")
    }

    /// If each of the 65,536 inner paths repeated the outer name of 400 kB, 26 gigabytes would be copied.
    @Test("a long name is not copied for each of its children")
    func longNameAmplification() throws {
        let inner = "{" + (0..<256).map { "\"\($0)\":null" }.joined(separator: ",") + "}"
        let outer = "{" + (0..<256).map { "\"\($0)\":\(inner)" }.joined(separator: ",") + "}"
        let text = "{\"\(String(repeating: "n", count: 400_000))\":\(outer),\"d\":3}"
        let time = try CPUTime.spent { () throws in
            #expect(try collect(externalInfo: text).fields == [ReportField("externalInfo.d", "3")])
        }
        #expect(time < .seconds(3))
    }

    @Test("the most deeply nested externalInfo is read")
    func deepest() throws {
        let depth = JSONDocument.depthLimit
        let text = String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
        let collector = try collect(externalInfo: text)
        #expect(collector.problem == "left out 1 field longer than 1024 bytes")
        let arrays = String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        #expect(try collect(externalInfo: arrays).fields == [ReportField("externalInfo", "1")])
    }
}
