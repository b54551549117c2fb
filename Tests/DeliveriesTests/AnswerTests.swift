import Deliveries
import Testing

@Suite("Answers")
struct AnswerTests {
    @Test("a JSON answer says so, before the headers given with it")
    func json() {
        let answer = Answer.json(503, #"{"a":"é"}"#, headers: [HeaderField("Retry-After", "5")])
        #expect(answer.status == 503)
        #expect(answer.headers == [HeaderField("Content-Type", "application/json"), HeaderField("Retry-After", "5")])
        #expect(answer.body == Array(#"{"a":"é"}"#.utf8))
    }

    @Test("a text answer is plain, and no browser may take it for anything else")
    func text() {
        let answer = Answer.text(404, "<b>é</b>\n", headers: [HeaderField("Connection", "close")])
        #expect(answer.status == 404)
        #expect(
            answer.headers == [
                HeaderField("Content-Type", "text/plain; charset=utf-8"),
                HeaderField("X-Content-Type-Options", "nosniff"), HeaderField("Connection", "close"),
            ])
        #expect(answer.body == Array("<b>é</b>\n".utf8))
    }
}
