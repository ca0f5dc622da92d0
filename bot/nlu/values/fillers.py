"""Common words that restrict nothing, sorted by what they do to the words beside them."""

# ruff: noqa: E501 -- word lists, one meaning a line

from __future__ import annotations

FILLERS: dict[str, str] = {
    "take": """räcker för min del, räcker för oss, räcker för mig, räcker gott, ska det vara, ska det bli, prova, testa, är helt okej, är helt ok, är väl okej, är helt i sin ordning, är i sin ordning, överstökad, undanstökad, undanstökade, överstökade, går före, lös, göra upp om, gör upp om, sköta, sköter, ta, tar, tag, taga, betala, betalar, betalas, betalning, köra, kör, välj, väljer, välja, pröjsa, pröjsar, pröjsas, fixa, fixar,
        reglera, reglerar, regleras, göra upp, gör upp, lösa, löser, klara av, klarar av, beta av, betar av, få bort, bli av med, få undan, avklarad, ordna,
        ordnar, plocka, börja med, börjar med, börja, börjar, ska väck, ska bort, vill ha bort, bli kvitt, blir bra, får det bli, får bli, blir det, det blir, blir, tänkte ta,
        slå till på, satsa på, satsar på, gå på, kör på, köra på, duger, funkar, passar, går bra, går fint, gäller, menade, det gäller, gällande, avser, det avser, ska betalas, ska in,
        slänga in, bocka av, bockar av, checka av, prioritera, prioriterar, hinner, har råd med, göra klart, gör klart, klara, klarar, avsluta, avslutar, ska jag betala, ska vi betala, bli betald, ha betald, ha betalda, få betald, få betalda, få betalt,
        hanteras, hantera, hanterar, åtgärda, väck, ur världen, vill betala, önskar betala, önskas betalas, bet, betla, betaal, ska iväg, ska dras, dra, drar, dras, markera, markerar, klicka i, kryssa i,
        stå för, står för, pay, ska göras, få iväg, skicka iväg, få ur vägen, röja undan, rensa, rensa bort, städa undan, beta, önskas, regla, bocka, nöja mig med, nöjer mig med, nöjer, råka, mjuksta, går på, går med på, hade tänkt mig, hade jag tänkt mig, tänkt mig, swisha, lägger, siktar på,
        slår till på, får gå, går, gå, klämmer, betar, tömma, avverka, avverkar, avverkas, bestämmer mig för, bestämt mig för, reder ut, reda ut, reglerat, få reglerat, få reglerade, ha betalt, få reglerat, kan dras, inbetalas, åker, får åka, ryker, får ryka, kan ryka, får räcka, får duga, får bli bra, är okej, är ok, är rätt, är okey""",
    "modal": "ska, skall, skulle, kan, kunde, får, få, fick, vill, ville, måste, bör, borde, lär, tänker, tänkte, tänkt, brukade, skull, behöver, önskar, önska, hoppas, sku, vil, sak, skal",
    "own": "min, mitt, mina, vår, vårt, våra, mins",
    "self says": "sa att, säger att, sagt att, vill att, tycker att, sade att, bad mig, har bett mig, bett mig, sagt åt mig",
    "self": "jag, vi, mig, oss, man, ja', jg, jak, ja jag, mej,",
    "other": "du, ni, dig, er, ert, era, din, ditt, dina, dej, sig, sin, sitt, sina, sej, deras, dess",
    "take then": "då tar vi, då tar jag, då kör vi, då kör jag, då betalar vi, då betalar jag, då blir det, då får det bli",
    "take done": "betald, betalda, betalad",
    "take paid": "swishat, ordnat, klarat av, överfört, fört över, skött, betalat, betalt, reglerat, fixat, löst, bråkat, överklagat, bestridit",
    "state have": "har, hade, haft",
    "state thought": "trodde, tyckte, inbillade, tänkt att",
    "state": "är, e, var, vara, va, varit, ha, säga, säger, sa, sade, sagt, känns, kändes, missade, missat, glömde, glömt, glömmer, behövde, behövs, bestämt, kollat, kollade, fått, råkade, ångrade, saknar, blivit, blev, bli, verkar, ser, ligger, ligga, legat, låg, står, stå, stått, stod, finns, fanns, heter, hette, kommit, komma, kommer, hör, tillhör, hunnit, hänger, hängt, tror, vet, visste, kostar, kosta, kostade, landar, landade, skräpar, dyker, ser ut, såg, ser jag, sitter, syns, visas, är skyldig, skyldig, skyldiga, betyder att",
    "to": "till, t",
    "source": "från, frå, ifrån, fr, fr., ifr",
    "prep for": "för, fö",
    "prep om": "om",
    "prep": "på, i, av, hos, åt, med, vid, kring, enligt, angående, ang, ang., gällande, rörande, ur, per, avseende, tillhörande, beträffande, me, avs, kopplad till, kopplade till, till för, rör, berör, handlar om, har att göra med, hör ihop med, hör till, m, m., fö, på just, utav, inom, för just, betr",
    "rel": "där det står, där det är, där det nämns, som, vilka som, sm, osm",
    "yes": "ja, japp, jepp, jo, jadå, absolut, visst, okej, ok, okay, oki, okidoki, jajamän, jajamensan, javisst, gärna, jupp, jaa, jaja, yes, yep, nåja, nåväl, nåmen, jodå, juu, ju då, joo, kk, åkej, mm, mhm, aa, aah, ah, jao, yeah, yess",
    "thanks": """förlåt för, förlåt att, ursäkta för, ursäkta att, sorry för, sorry att, förlåt strulet, thanks, thank you, tack, tak, takk, tackar, tack tack, tack så mycket, tackar så mycket, snälla, är du snäll, e du snäll, om du är snäll, vänligen, vänlig, please, pls, plz, plis, var snäll, mvh, hälsningar, vänligen mvh, tack på förhand, tack för hjälpen,
        tack för det, om jag får be, hej, hejsan, tjena, hallå, tja, tjo, hej igen, är ni snälla, om ni är snälla, bästa, tackar, thx, tnx, tackom, snäll, kiitos, tackelitack, taack, god dag, goddag, tjenare, hälsn, med vänlig hälsning, vänliga hälsningar, va snäll, tackar tackar, tjenixen, halloj, moi, moro, hejhej""",
    "filler so": "så",
    "filler that_is": "alltså, dvs, d.v.s., det vill säga, vill säga, närmare bestämt, med andra ord, rättare bestämt",
    "filler in_turn": "i ordning, i ordningen, i tur och ordning, i turordning, i ordningsföljd, i kronologisk ordning, i den ordningen, uppifrån och ner, uppifrån och ned",
    "filler topic": "vad gäller, när det gäller, vad beträffar, vad avser",
    "filler now": "nu, idag, i dag, direkt, genast, just nu, redan nu, redan idag, redan i dag",
    "filler listed": "i listan, på listan, i raden, i ordningen uppifrån",
    "filler else": "annars",
    "excuse": "orkar inte mer, orkar inte, orkar ej, hinner inte mer, hinner inte, vet inte, vet ej, minns inte, kommer inte ihåg, fattar inte, förstår inte",
    "need": "inte riskera, riskera att förlora, inte förlora, inte bli avstängd, bli avstängd, inte bli av med, inte vara utan, kan inte vara utan, inte klara oss utan, klarar oss inte utan, klarar mig inte utan, inte en dag utan, klarar oss inte en dag utan, inte undvara, behöver ju, måste ha, måste funka, måste fungera, måste ligga uppe, är nere, ligger nere",
    "filler": """återstår, återstår då, som möjligt, det går, som det går, det går med, för de pengarna, för pengarna, the, i min inkorg, i inkorgen, varje dag, varje vecka, nya tag, tar vi nya tag, sen är vi klara, sen är jag klar, så är vi klara, inget mer än det, inte mer än det, inget mer än så, i samma veva, själv, själva, till måndag, till på måndag, fram till måndag, till tisdag, till på tisdag, fram till tisdag, till onsdag, till på onsdag, fram till onsdag, till torsdag, till på torsdag, fram till torsdag, till fredag, till på fredag, fram till fredag, till lördag, till på lördag, fram till lördag, till söndag, till på söndag, fram till söndag, till löning, till lönen, fram till löning, fram till lönen, årets, helt och hållet, särskilt, speciellt, i synnerhet, nej men, vad pinsamt, så pinsamt, från ett annat konto, på ett annat konto, via ett annat konto, hela, i det spannet, i det intervallet, inom det spannet, ändå, endå, på oss, på mig, fått på mejlen, fått på mejl, fått på mailen, fått på mail, via mejl, per mejl, via mail, via mejlen, mer blir det inte, mer blir de inte, mer än så blir det inte, mer går det inte, mer än så går det inte, mer än så, mer hinner jag inte, mer orkar jag inte, mer har jag inte, mer har jag inte råd med, sommarens, höstens, vårens, vinterns, därför, låt mig, låt oss, ur högen, från vår sida, från min sida, på stående fot, i höst, nu i höst, fråga mig inte varför, fråga inte varför, usch vad, gud vad, fy vad, oj vad, herregud vad, åh vad, förstnämnda, ovannämnda, nämnda två, nå, om jag får välja, om jag får bestämma, om det går så, både, såväl, komplett, complete, samlat, samlad, samlade, no lite, sen får vi se, så får vi se, får vi se, sen får jag se, inför jul, inför julen, innan jul, före jul, julen, vill inte ha nån, vill inte ha någon, vill inte ha några, vill inte ha fler, inte ha nån, inte ha någon, göra mig av med, göra sig av med, göra oss av med, bli av med den, ju, nu, då, då så, väl, nog, där, här, just, exakt, precis, kanske, liksom, typ så, asså, alltid, ikväll, i kväll, på direkten, på en gång, med en gång,
        till att börja med, först av allt, först och främst, först, för allt i världen, framför allt, framförallt, trots allt, i alla fall, iallafall, alla gånger, en gång för alla, för all del, inte alls, allra, allra helst, helst, faktiskt, egentligen, verkligen, väldigt, mycket, jätte, mest,
        ganska, rätt, riktigt, helt, bra, fint, toppen bra, perfekt, kanon, lugnt, det är bra så, det räcker, räcker det, räcker bra, räcker så, räcker för idag, det räcker så, räcker nu, det var allt, det är allt, det är allt för idag, allt för idag, inget mer, inget annat, ingenting annat, inget mer idag, inte mer, inte fler, inga fler, inga andra, ingen annan,
        ingen mer, ingen fara, inte mista, inte tappa, inga problem, inga konstigheter, int annat, inte annat, och int annat, och inget annat, och ingenting annat, och inget mer, och inte mer, spelar ingen roll, det spelar ingen roll, spelar ingen större roll, vågar inte, inte längre, har inte råd, inte råd, har ej råd, kan inte vänta, får inte glömma, glöm inte, vill inte vänta, inte bli sen, utan problem, utan dröjsmål, utan tvekan, utan vidare, hur som helst, vad det nu är, vad heter det, va heter de, va heter det, låter bra, låter fint, det låter bra, om det går, om det går bra, om det funkar, så länge, än så länge, sålänge, tills vidare, åtminstone, ens, kvar, bort, undan, fort, snabbt, snarast, så snart som möjligt, omedelbart, fortast möjligt, idagsläget,
        i dagsläget, denna gång, den här gången, den gången, en gång, igen, ännu, redan, fortfarande, själv, hemma, eh, öh, hm, hmm, ehm, öhm, mmm, å, ah, äh, aj, va, vadå, ey, bror, brorsan, mannen, asså, typ ba, lr, typ liksom, haha, hehe, lol, aha, alltså, jaha, asså bror,
        listan, från listan, av listan, stycken, tillbaka, på raden, på skärmen, i din lista, i er lista, listade, på er lista, i högen, ovanför, nedanför,
        åt mig, för mig, för min del, till mig, från mig, från er, hos er, mot er, till er, för vår del, å det snaraste, vad jag vet, vad jag kan se, som jag ser det, i så fall, isåfall, annars inget, på den, på det, för den, dragit, drar ut, väntat, längre, länge, alldeles, igår, i går, nyss, nyligen, snart, strax, egen, samma, sådan, sådana, sån, såna,
        tyvärr, ursäkta mig, hoppla, sådär, så där, sådärja, såja, sådeså, jamen, ja men, jamen då, okej då, ok då, jo men, men alltså, men ja, ja tack, jatack, nej tack, kör hårt, kör bara, bara kör, bara att köra, kör så, kör på det, gör det, gör så, så gör vi, så gör vi så, så tar vi det, vi gör så, vi säger så, vi kör så, det blir bra, det går bra, det är lugnt, det är dags, det vore bra, det vore fint, inte sant, eller hur, helt enkelt, kort och gott,
        tycker, tycker jag, tror jag, antar jag, väl, anser, känner, att, också just, kvick, lätt, lättast, enklast, smidigt, smidigast, bäst, värst, i alla händelser, på så vis, därmed, härmed, hit, dit, in, ut, upp, ner, ned, fram, iväg, enda, ens, dock så, även så, vidare, samma sak, varsågod, var så god, tja, nåt sånt, nåt sånt där, eller nåt, eller något, eller så, eller nåt sånt, eller vad det heter, eller va de heter, eller vad den heter, va de nu heter, vad det nu heter, vad den nu heter, eller vad det nu är, ellernå, elr nåt, o så, och så där, osv, etc, m.m., mm.,
        denna vecka, den här veckan, i veckan, den här månaden kvar, på samma gång, samtidigt, på samma, i ett svep, på ett bräde, i en klump, tillsvidare, i första hand, i första läget, i första skedet, till en början, börjanvis, för tillfället, för stunden, för dagen, för ögonblicket, i nuläget, här och nu, på momangen, med detsamma, meddetsamma, på stubben, på studs, illa kvickt, på en och samma gång, i sista stund, för första gången, första gången, gångerna, tillfällena, sista gången, för sista gången, i sista minuten, sist jag kollade, förra gången, gången, gång,
        mer, mera, mindre pengar, minst sagt, minst av allt, sist men inte minst, till sist, till slut, slutligen, avslutningsvis, nämligen, tydligen, säkert, antagligen, troligen, förmodligen, för säkerhets skull, naturligtvis, självklart, utan tvivel, såklart, givetvis, förstås, vettu, vet du vad, du vet, ni vet, hörru, hördu, lyssna, asså typ, skojar, skoja, kul, trist, tråkigt, jobbigt, skönt, viktig, viktigt, viktiga, viktigast, viktigaste, bråttom, bråttast,
        på tur, uppifrån räknat, räknat, räknat uppifrån, räknat från toppen, om man räknar uppifrån, ovanifrån, ovan, ovanstående, nedan, nedanstående, aktuell, aktuella, angiven, nämnda, följande, enl., enl, nedan angivna, för betalning, till betalning, avseende betalning, önskas betalda, f.n., fn, hurra, heja, puh, phu, orka, fy, usch, jösses, herregud, omg, wtf, asap, fan, fasen, jävla, jäkla, jävlar, skit, skiten, förbannade, förbenade, sabla, himla, dumma, dum, eländiga, elände, eländet, äckliga, hemska, usla, tråkiga, irriterande, trista, jobbiga, pinsamma, att göra, å göra, o göra, och göra, var det jag menade, va de ja mena, va det ja mena, va det jag menade, va de ja menade, var vad jag menade, är det jag menar, är vad jag menar, skulle det vara, skulle det stå, var det, va de""",
}  # fmt: skip

MONTHS: tuple[str, ...] = (
    "januari, jan, januaris, tammikuu, januar, jannuari",
    "februari, feb, febr, februaris, februar, feburari, februrai",
    "mars, mar, marsch, marss",
    "april, apr, aprill",
    "maj, maij, may",
    "juni, jun, juin",
    "juli, jul, jully",
    "augusti, aug, agusti, augsti, agust, augustis, augustii, augustin",
    "september, sept, sep, septemer, setember, septembr, spetember",
    "oktober, okt, october, oktobr, otkober",
    "november, nov, novemer, novembr, novmeber",
    "december, dec, decembr, desember, dec.",
)

UNITS: dict[str, str] = {
    "day": "dag, dagar, dagars, dagarna, dygn, dar, dagr, dgr",
    "week": "vecka, veckor, veckors, veckorna, veckan, v",
    "month": "månad, månader, månaders, månaderna, mån, månads, månader, månadr",
    "year": "år, års",
    "halfyear": "halvår, halvårs, halvt år, halv år, halvtår",
}

NUMBER_SLANG: dict[str, int] = {
    "hundring": 100, "hundringen": 100, "hundralapp": 100, "hundralappen": 100, "hundralapparna": 100,
    "hundringar": 100, "hundralappar": 100, "femtiolapp": 50, "femtiolappen": 50, "femtilapp": 50,
    "tjuga": 20, "tjugolapp": 20, "tjugolappen": 20, "tusenlapp": 1000, "tusenlappen": 1000,
    "tusenlappar": 1000, "tusing": 1000, "tusingar": 1000, "lax": 1000, "laxar": 1000, "laxen": 1000,
    "papp": 1000, "lakan": 1000, "lök": 1000, "tusenkronors": 1000, "femhundring": 500, "hunka": 100, "hunkar": 100, "tusenlappan": 1000,
    "hundringarna": 100, "tusing en": 1000, "tusingen": 1000, "tus": 1000, "hundra lappen": 100, "hundra lapp": 100, "tusen lappen": 1000, "tusen lapp": 1000,
}  # fmt: skip
