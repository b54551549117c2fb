import TestKit
import Testing

@Suite("The comparison of JSON by meaning, which other tests rely on")
struct ParsedJSONTests {
    @Test("texts that differ in layout and order are equal")
    func equal() throws {
        let one = try ParsedJSON(#"{"a":[1,"é",true,null],"b":{"c":0.5}}"#)
        #expect(try one == ParsedJSON(#" { "b" : { "c" : 5e-1 }, "a" : [ 1, "\u00e9", true, null ] } "#))
    }

    @Test(
        "texts that differ in anything else are not",
        arguments: [
            #"{"a":[1,"é",true,null],"b":{"c":0.25}}"#, #"{"a":["é",1,true,null],"b":{"c":0.5}}"#,
            #"{"a":[1,"é",true,false],"b":{"c":0.5}}"#, #"{"a":[1,"e",true,null],"b":{"c":0.5}}"#,
            #"{"a":[1,"é",true,null]}"#, #"{"a":["1","é",true,null],"b":{"c":0.5}}"#, "[]", "null", "1",
        ])
    func different(_ text: String) throws {
        #expect(try ParsedJSON(text) != ParsedJSON(#"{"a":[1,"é",true,null],"b":{"c":0.5}}"#))
    }
}
