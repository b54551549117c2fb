import StrictJSON
import TestKit
import Testing

@testable import Redaction

@Suite("Masking personal data")
struct PersonalDataTests {
    @Test(
        "personal numbers are masked except for their end, and e-mail addresses except for their first letter and host",
        arguments: [
            ("10020030088", "•••••••••88"), ("100.200.300-88", "•••.•••.•••-88"), ("100200300-88", "•••••••••-88"),
            // Numbers with punctuation are masked even if their check digits are wrong.
            ("100.200.300-89", "•••.•••.•••-89"), ("99901001000174", "••••••••••••74"),
            ("99.901.001/0001-74", "••.•••.•••/••••-74"), ("046454286", "•••••••86"), ("046 454 286", "••• ••• •86"),
            ("046-454-286", "•••-•••-•86"), ("123-45-6789", "•••-••-••89"), ("+15145550123", "+•••••••••23"),
            ("+55 11 91234-5678", "+•• •• •••••-••78"), ("+55 (11) 91234-5678", "+•• (••) •••••-••78"),
            ("(11) 91234-5678", "(••) •••••-••78"), ("(514) 555-0123", "(•••) •••-••23"),
            ("514-555-0123", "•••-•••-••23"), ("514.555.0123", "•••.•••.••23"), ("1-514-555-0123", "•-•••-•••-••23"),
            ("ana@example.com", "a•••@example.com"), ("test.person+ezid@sub.example.com", "t•••@sub.example.com"),
            ("élodie@example.com", "é•••@example.com"), ("<ana@example.com>", "<a•••@example.com>"),
            ("CPF: 10020030088.", "CPF: •••••••••88."), ("(10020030088)", "(•••••••••88)"),
            ("https://h.example/p/10020030088/x", "https://h.example/p/•••••••••88/x"),
            ("10020030088 046454286", "•••••••••88 •••••••86"),
            ("mail a@b.co, tel. +15145550123!", "mail a•••@b.co, tel. +•••••••••23!"),
            ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJ1dWlkIjoiZGY1In0.jf69_x-Y", "Bearer [masked]"),
            ("https://h.example/a?code=abc&x=1", "https://h.example/a?code=[masked]&x=1"),
            ("https://user:password@h.example/a?code=b", "https://[masked]@h.example/a?code=[masked]"),
            ("see ftp://u:p@10.0.0.1/ and a@b.co", "see ftp://[masked]@10.0.0.1/ and a•••@b.co"),
        ])
    func masked(text: String, expected: String) {
        #expect(PersonalData.shown(text) == expected)
    }

    @Test(
        "identifiers, amounts, times and words are not masked",
        arguments: [
            "", "x", "e2971f4a-657d-4b99-b246-6dcf6fb21303", "12345678-1234-1234-1234-123456789012",
            "1793613520511-b6b5aed95b91297bafb07775", "loan-2026-004711", "CAS-90012_CMP-1_ITM-1", "10020030089",
            "11111111111", "2026-11-02T09:58:40.511Z", "2026-11-02", "02/11/2026", "22586.3400", "48.851168",
            "192.168.100.200", "046454287", "a10020030088", "10020030088a", "x-046454286", "046454286-x", "046454286_1",
            "0653c24988e50db8c7857338aa434d261953c2cae0557bb5dad53408ddd03926", "João Exemplo da Silva", "12345678",
            "@example.com", "ana@", "ana@example", "@", "a @ b.c", "eyJhbGciOi", "eyJhbGciOiJIUzI1NiJ9.x", "+1 2",
            "123-456-7890", "hire-2026-0815", "BANCO EXEMPLO S.A.", "1 + 1 = 2", "\u{1b}[31m", "....----////((((",
        ])
    func untouched(text: String) {
        #expect(PersonalData.shown(text) == text)
    }

    @Test(
        "a value is masked because of its name, even if its text alone would not be masked",
        arguments: [
            ("cpf", "12345678901", "•••••••••01"), ("cpf", "1234", "•••4"),
            ("personalTaxId", "AB-1234567", "••-•••••67"),
            ("phone", "555 0123", "••• ••23"), ("accountNumber", "97927716", "••••••16"),
            ("branchCode", "3767", "•••7"),
            ("branchCode", "033", "•••"), ("iban", "GB29 NWBK 6016 1331 9268 19", "•••• •••• •••• •••• •••• 19"),
            ("token", "x", "[masked]"), ("password", "1", "[masked]"),
        ])
    func named(name: String, text: String, expected: String) {
        #expect(PersonalData.shown(text, name: name) == expected)
    }

    @Test(
        "a value that does not fit its name is not masked",
        arguments: [
            ("cpf", ""), ("cpf", "yes"), ("phone", "MOBILE"), ("phone", "12345"), ("account", "INDIVIDUAL"),
            ("account", "ab1"), ("account", "Conta salário da empresa 123"), ("token", ""),
            ("account", "e2971f4a-657d-4b99-b246-6dcf6fb21303"), ("taxId", String(repeating: "1", count: 65)),
        ])
    func namedInVain(name: String, text: String) {
        #expect(PersonalData.shown(text, name: name) == text)
    }

    @Test("values in JSON are masked because of the names of their members and enclosing members")
    func json() throws {
        let text = """
            {"checkingAccounts":[{"number":"97927716","checkDigit":"8"}], "application": {"number":"4711"},
             "phones": ["5550123"], "amount": 1.50, "cpf": 10020030088, "list":[[1,{}],[]], "ok":true, "none":null}
            """
        #expect(
            PersonalData.shown(json: text) == """
                {"checkingAccounts": [{"number": "••••••16","checkDigit": "8"}],"application": {"number": "4711"},\
                "phones": ["•••••23"],"amount": 1.50,"cpf": "•••••••••88","list": [[1,{}],[]],"ok": true,"none": null}
                """)
        #expect(
            PersonalData.shown(json: #"{"url":"http:\/\/u:p@h\/a","credentials":["a",{"x":1}],"session_id":12}"#)
                == #"{"url": "http://[masked]@h/a","credentials": ["[masked]",{"x": 1}],"session_id": "[masked]"}"#)
        #expect(PersonalData.shown(json: "{ ana@example.com") == "{ a•••@example.com")
        #expect(PersonalData.shown(json: " { \"a\" : 1 } ") == " { \"a\" : 1 } ")
    }

    @Test(
        "the values in a target are masked because of their names or their content",
        arguments: [
            ("/a?login_hint=ana%40example.com&x=1", "/a?login_hint=a•••@example.com&x=1"),
            ("/a?cpf=12345678901", "/a?cpf=•••••••••01"), ("/p/10020030088?x=%20", "/p/•••••••••88?x=%20"),
            ("/a?to=https%3A%2F%2Fu%3Ap%40h%2F&sessionId=a", "/a?to=https://[masked]@h/&sessionId=[masked]"),
            ("/a?code=abc&phone=%2B15145550123", "/a?code=[masked]&phone=+•••••••••23"),
            ("/a?info=%7B%22cpf%22%3A%2212345678901%22%7D", "/a?info={\"cpf\": \"•••••••••01\"}"),
            ("/a?x=1?mail=a%26b@example.com", "/a?x=1?mail=a%26b•••@example.com"),
            ("/a?\u{301}&cpf=12345678901", "/a?\u{301}&cpf=•••••••••01"),
            ("/a?x&\u{301}cpf=1&cpf=\u{301}12345678901", "/a?x&\u{301}cpf=1&cpf=\u{301}•••••••••01"),
        ])
    func target(text: String, expected: String) {
        #expect(PersonalData.target(text, ProviderSecrets()) == expected)
    }

    @Test(
        "targets without personal data are unchanged",
        arguments: [
            "", "/", "/klavi", "/a?", "/a?&&", "/a?x", "/a?x=%7Bnot", "/a?info=%7B%22a%22%3A1%7D", "/a?x=%zz",
            "/a?link_id=e2971f4a-657d-4b99-b246-6dcf6fb21303",
        ])
    func untouchedTarget(text: String) {
        #expect(PersonalData.target(text, ProviderSecrets()) == text)
    }

    @Test(
        "masking takes time in proportion to the length",
        arguments: ["@", "a@", "1", "1 ", "1-", "(", "eyJ", "eyJhbGciOi.", ".", "+1 ", "é@é.é", "://", "a://@"])
    func size(unit: String) {
        let text = String(repeating: unit, count: 100_000 / unit.utf8.count)
        let time = CPUTime.spent { #expect(!PersonalData.shown(text).isEmpty) }
        #expect(time < .seconds(3))
    }
}
