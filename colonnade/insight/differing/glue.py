"""Words that hold sentences together and say nothing of what they are about, of five languages, as `primitives.text` folds them."""

from __future__ import annotations

from colonnade.primitives.text import words

_ENGLISH = """a about after again all also always am an and any are as at be because been before being but by can cannot could
did do does doing don done down each else even ever every few for from get gets getting go goes going gone got had has have having
he her here hers him his how i if in into is isn it its just let like may me might mine more most much must my no nor not now of off
on once one only or other our ours out over own please quite rather really said same say says see seen she should since so some
still such than that the their them then there these they this those though through to today tomorrow too under until up upon us
very was wasn way we well were what when where which while who whom whose why will with without won would yes yet you your yours"""
_GERMAN = """aber alle allem allen aller alles als also am an ander andere auch auf aus bei beim bin bis bist da dadurch daher
damit dann das dass dein deine dem den denn der des dessen deshalb die dies diese diesem diesen dieser dieses doch dort du durch
ein eine einem einen einer eines er es euer euch für gegen haben hat hatte hier hinter ich ihm ihn ihr ihre im immer in ins ist ja
jede jeder jedes jetzt kann kein keine man mehr mein meine mich mir mit nach nicht nichts noch nun nur ob oder ohne schon sehr sein
seine seit sich sie sind so soll sondern über um und uns unser unter vom von vor war waren warum was weil weiter wenn wer werde
werden wie wieder wir wird wo zu zum zur zwischen heute morgen gestern"""
_FRENCH = """alors au aucun aussi autre aux avec avoir bien ce cela ces cette chez comme dans de depuis des donc dont du elle elles en
encore est et eu fait il ils je la le les leur lui ma mais me même mes moi mon ne nos notre nous on ou où par pas plus pour pourquoi
qu quand que qui sa sans se ses si son sont sur ta te tes toi ton tous tout très tu un une vos votre vous été être"""
_SPANISH = """al algo como con contra cuando de del desde donde durante el ella ellas ellos en entre era es esa ese eso esta este esto
fue ha hay la las le les lo los más me mi mucho muy nada ni no nos o otro para pero poco por porque que quien se sin sobre son su sus
también te tiene todo tu un una uno y ya yo está"""
_DUTCH = """aan al alles als altijd bij dan dat de deze die dit doch door dus een en er ge geen had heb hebben heeft het hier hij hoe hun
iets ik in is ja je kan maar me meer men met mij mijn na naar niet niets nog nu of om omdat ons ook op over te tot u uit uw van veel
voor want was wat we wel werd wie wij wil worden zal ze zei zich zij zijn zo zonder zou"""

GLUE = frozenset(
    word for language in (_ENGLISH, _GERMAN, _FRENCH, _SPANISH, _DUTCH) for word in words(language)
)
